import type { DeadLetter } from './dead-letter.ts';
import type { RedrivenMessage } from './execute-redrive.ts';
import type { PlannedRedrive } from './plan-redrive.ts';
import type { BodyView } from './read-body.ts';
import type { ShownDeadLetter } from './show-dead-letters.ts';

/**
 * The documents that `--json` prints. Scripts read them: names and types stay, fields may join. What is not known is
 * null, never left out.
 */

/** One element of `relay dlq list --json`. */
export function deadLetterDocument(deadLetter: DeadLetter, nowMs: number) {
  return {
    messageId: deadLetter.messageId,
    route: deadLetter.route,
    eventId: deadLetter.eventId ?? null,
    cause: deadLetter.cause,
    lastStatus: deadLetter.lastStatus ?? null,
    lastError: deadLetter.lastError ?? null,
    attempts: deadLetter.attempts ?? null,
    receivedAtMs: deadLetter.receivedAtMs,
    ageSeconds: Math.max(0, Math.floor((nowMs - deadLetter.receivedAtMs) / 1000)),
    deliveryStatus: deadLetter.deliveryStatus ?? null,
  };
}

/** One element of `relay dlq show --json`. A value that is not text is base64. */
export function shownDeadLetterDocument(shown: ShownDeadLetter, nowMs: number) {
  const attributes = Object.entries(shown.attributes).map(([name, { type, value }]) => [
    name,
    { type, value: typeof value === 'string' ? value : base64(value) },
  ]);
  return {
    ...deadLetterDocument(shown, nowMs),
    lastAnswer: shown.lastAnswer ?? null,
    attributes: Object.fromEntries(attributes),
    body: bodyDocument(shown.bodyView),
  };
}

function bodyDocument(body: BodyView) {
  if (body.kind !== 'binary') return body;
  const { content, ...rest } = body;
  return { ...rest, bytes: content.byteLength, base64: base64(content) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** A planned message, and what became of it; `planned` in a dry run. */
export type RedriveReportMessage = PlannedRedrive & {
  readonly route: string;
  readonly outcome: RedrivenMessage['outcome'] | { readonly kind: 'planned' };
};

/** The one object of `relay dlq redrive --json`: planned = redriven + missing + failed + not reached, except in a dry run. */
export function redriveDocument(
  messages: readonly RedriveReportMessage[],
  {
    unknownIds,
    incompleteRoutes,
  }: { readonly unknownIds: readonly string[]; readonly incompleteRoutes: readonly string[] },
) {
  const ended = (kind: RedriveReportMessage['outcome']['kind']) =>
    messages.filter(({ outcome }) => outcome.kind === kind).length;
  return {
    planned: messages.length,
    redriven: ended('redriven'),
    missing: ended('missing'),
    notReached: ended('not-reached'),
    failed: messages.flatMap(({ messageId, outcome }) =>
      outcome.kind === 'failed' ? [{ messageId, error: outcome.error }] : [],
    ),
    unknownIds,
    /** Routes with more dead letters than could be read: run it again for the rest. */
    incompleteRoutes,
    messages: messages.map(({ messageId, route, eventId, cause, alreadyDelivered, outcome }) => ({
      messageId,
      route,
      eventId: eventId ?? null,
      cause,
      alreadyDelivered,
      outcome: outcome.kind,
    })),
  };
}
