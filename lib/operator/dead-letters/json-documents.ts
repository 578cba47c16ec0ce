import { type DeadLetter, expiresAtMs } from './dead-letter.ts';
import type { DeadLetterGroup } from './group-dead-letters.ts';
import type { BodyView } from './read-body.ts';
import type { ShownDeadLetter } from './show-dead-letters.ts';

/**
 * The documents that `--json` prints. Scripts read them: names and types stay, fields may join. What is not known is
 * null, never left out. docs/cli.md describes each.
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
    expiresAtMs: expiresAtMs(deadLetter),
    editedAtMs: deadLetter.editedAtMs ?? null,
  };
}

/** One element of `relay dlq list --group-by … --json`. */
export function groupDocument(group: DeadLetterGroup, nowMs: number) {
  return {
    ...group.alike,
    count: group.count,
    oldestReceivedAtMs: group.oldestReceivedAtMs,
    newestReceivedAtMs: group.newestReceivedAtMs,
    oldestAgeSeconds: Math.max(0, Math.floor((nowMs - group.oldestReceivedAtMs) / 1000)),
    firstExpiresAtMs: group.firstExpiresAtMs,
    delivered: group.delivered,
    exampleMessageId: group.example.messageId,
    exampleEventId: group.example.eventId ?? null,
  };
}

/** One element of `relay dlq show --json`, and one line of `relay dlq export`. A value that is not text is base64. */
export function shownDeadLetterDocument(shown: ShownDeadLetter, nowMs: number) {
  const attributes = Object.entries(shown.attributes).map(([name, { type, value }]) => [
    name,
    { type, value: typeof value === 'string' ? value : base64(value) },
  ]);
  return {
    ...deadLetterDocument(shown, nowMs),
    lastAnswer: shown.lastAnswer ?? null,
    record: recordDocument(shown.record),
    attributes: Object.fromEntries(attributes),
    body: bodyDocument(shown.bodyView),
  };
}

function recordDocument(record: DeadLetter['record']) {
  if (record === undefined) return null;
  return {
    status: record.status,
    attempts: record.attempts,
    lastStatus: record.lastStatus ?? null,
    lastError: record.lastError ?? null,
    lastFailedAtMs: record.lastFailedAtMs ?? null,
    redrivenAtMs: record.redrivenAtMs ?? null,
    deliveredAtMs: record.deliveredAtMs ?? null,
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
