import { waitsForOperator } from '../../../lambdas/breaker/open-breaker.ts';
import type { BreakerChange } from './change-breaker.ts';
import { isEmptied } from './explain-breaker.ts';
import type { RouteOverview } from './route-overview.ts';
import { asTakenByFunctions, isUnreadable, type StoredBreaker } from './stored-breaker.ts';

/**
 * The documents that `relay route … --json` prints. Scripts read them: names and types stay, fields may join. What does
 * not apply is null, never left out.
 */

/** One element of `relay route list --json`. */
export function routeDocument({ route, breaker, waiting, inFlight, deadLetters }: RouteOverview, nowMs: number) {
  return { route, ...breakerDocument(breaker, nowMs), waiting, inFlight, deadLetters };
}

/** The one object of `relay route pause --json` and `relay route resume --json`. */
export function routeChangeDocument(route: string, outcome: string, { before, after }: BreakerChange, nowMs: number) {
  const { state: previousState, reason: previousReason } = breakerDocument(before, nowMs);
  return { route, outcome, previousState, previousReason, ...breakerDocument(after, nowMs) };
}

function breakerDocument(breaker: StoredBreaker, nowMs: number) {
  const { phase, notBeforeMs } = asTakenByFunctions(breaker);
  const open = phase.kind === 'open' ? phase : undefined;
  return {
    /** `closed`, `open`, `half-open` or `ramping`, as in the logs; `unreadable` for what another version wrote. */
    state: isUnreadable(breaker) ? breaker.kind : phase.kind,
    /** Of the state; null for a closed breaker, which does not remember. */
    sinceMs: phase.kind === 'closed' ? null : phase.sinceMs,
    reason: open?.reason ?? null,
    lastError: open?.error ?? null,
    /** Whether nothing but `relay route resume` ends the pause. */
    waitsForOperator: open !== undefined && waitsForOperator(open),
    failedTrials: open?.failedTrials ?? null,
    reopenNotBeforeMs: open?.reopenNotBeforeMs ?? null,
    /** The destination asked for no POST before; null when it did not, or the time has passed. */
    notBeforeMs: notBeforeMs > nowMs ? notBeforeMs : null,
    /** Whether what waits is being moved to the dead letter queue. */
    movesWaitingEvents: isEmptied(breaker, nowMs),
  };
}
