import type { RedrivenMessage } from './execute-redrive.ts';
import type { PlannedRedrive } from './plan-redrive.ts';
import type { StopReason } from './redrive-gate.ts';
import type { EventOutcome, WatchedEvent } from './watch-outcomes.ts';

/** A planned message, and what became of it; `planned` in a dry run. */
export type RedriveReportMessage = Omit<PlannedRedrive, 'redrivenAtMs'> & {
  readonly route: string;
  readonly outcome: RedrivenMessage['outcome'] | { readonly kind: 'planned' };
};

export interface RedriveReport {
  readonly messages: readonly RedriveReportMessage[];
  readonly events: readonly WatchedEvent[];
  readonly unknownIds: readonly string[];
  /** Routes with more dead letters than could be read: run it again for the rest. */
  readonly incompleteRoutes: readonly string[];
  readonly stopped: StopReason | undefined;
  /** Undefined where there is nothing left to go on with. */
  readonly planFile: string | undefined;
}

/**
 * The one object of `relay dlq redrive --json`: planned = redriven + missing + failed + not reached, except in a dry run.
 * Stable, as all documents are: names and types stay, fields may join.
 */
export function redriveDocument({ messages, events, unknownIds, incompleteRoutes, stopped, planFile }: RedriveReport) {
  const ended = (kind: RedriveReportMessage['outcome']['kind']) =>
    messages.filter(({ outcome }) => outcome.kind === kind).length;
  const fared = (wanted: EventOutcome) => events.filter(({ outcome }) => outcome === wanted).length;
  return {
    planned: messages.length,
    redriven: ended('redriven'),
    missing: ended('missing'),
    notReached: ended('not-reached'),
    failed: messages.flatMap(({ messageId, outcome }) =>
      outcome.kind === 'failed' ? [{ messageId, error: outcome.error }] : [],
    ),
    delivered: fared('delivered'),
    failedAgain: fared('failed-again'),
    retrying: fared('retrying'),
    underWay: fared('under-way'),
    stopped: stopped ?? null,
    planFile: planFile ?? null,
    unknownIds,
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
