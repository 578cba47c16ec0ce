import type { BreakerSettings } from '../contract/breaker-settings.ts';
import type { BreakerState, Counts } from '../contract/breaker-state.ts';
import { addCounts, isFailing, isFailingHalfOpen, noCounts } from './judge-counts.ts';
import { openBreaker, waitsForOperator } from './open-breaker.ts';

/** What a processor has learned of its destination since it last told. */
export interface Tally {
  /** POSTs made. */
  readonly attempts: number;
  /** Those whose outcome speaks against the destination. */
  readonly failures: number;
  /** POSTs for which the destination only wanted a slower pace: they are neither, but no success either. */
  readonly overruns: number;
  /** The destination asked for no POST before this moment; 0 when it did not. */
  readonly waitUntilMs: number;
  /** One answer that is meant for every event: the route is paused at once. */
  readonly halt?: 'unauthorized' | 'gone' | undefined;
  /** When it last took an event; 0 when it did not. */
  readonly lastDeliveredAtMs: number;
  /** The last failure, such as `HTTP 503`. */
  readonly error?: string | undefined;
}

export const emptyTally: Tally = { attempts: 0, failures: 0, overruns: 0, waitUntilMs: 0, lastDeliveredAtMs: 0 };

/**
 * The breaker after a batch.
 *
 * @returns undefined when the batch changes nothing, so that a healthy route costs no write
 */
export function observeAttempts(
  state: BreakerState,
  tally: Tally,
  nowMs: number,
  settings: BreakerSettings,
): BreakerState | undefined {
  if (state.phase.kind === 'open') return observeWhileOpen(state, tally);
  if (tally.halt !== undefined) {
    return openBreaker(state, { reason: tally.halt, error: tally.error }, nowMs, settings);
  }
  if (tally.waitUntilMs > nowMs + settings.longestHeldWaitSeconds * 1_000) {
    const pause = { reason: 'asked-to-wait', error: tally.error, waitUntilMs: tally.waitUntilMs } as const;
    return openBreaker(state, pause, nowMs, settings);
  }
  const counted = count(state, tally, nowMs, settings);
  if (counted === undefined) return undefined;
  const { phase } = counted;
  const failing =
    phase.kind === 'half-open'
      ? isFailingHalfOpen(phase.counts, settings)
      : phase.counts !== undefined && isFailing(phase.counts, nowMs, settings);
  // Counted first: what is remembered beside the phase, such as a wait, is remembered of a paused route, too.
  return failing
    ? { ...openBreaker(counted, { reason: 'failing', error: tally.error }, nowMs, settings), version: counted.version }
    : counted;
}

type PassingState = BreakerState & { readonly phase: Exclude<BreakerState['phase'], { kind: 'open' }> };

function count(state: BreakerState, tally: Tally, nowMs: number, settings: BreakerSettings): PassingState | undefined {
  const { phase } = state;
  if (phase.kind === 'open') return undefined;
  const waits = tally.waitUntilMs > state.notBeforeMs;
  const counts = countsOf(phase, nowMs, settings);
  const isIdle = phase.kind === 'closed' && (counts === undefined || (counts.attempts === 0 && counts.streak === 0));
  const ill = tally.failures + tally.overruns;
  const nothingNew = (tally.attempts === 0 && ill === 0) || (isIdle && ill === 0);
  if (nothingNew && !waits) return undefined;
  return {
    ...state,
    version: state.version + 1,
    notBeforeMs: Math.max(state.notBeforeMs, tally.waitUntilMs),
    lastDeliveredAtMs: Math.max(state.lastDeliveredAtMs, tally.lastDeliveredAtMs),
    phase: nothingNew ? phase : { ...phase, counts: addCounts(counts ?? noCounts(nowMs), tally, nowMs) },
  };
}

/** The counts to go on with. A window that is over leaves only its unbroken row of failures, however old. */
function countsOf(phase: PassingState['phase'], nowMs: number, { windowSeconds }: BreakerSettings): Counts | undefined {
  const { counts } = phase;
  if (counts === undefined || phase.kind === 'half-open') return counts;
  if (nowMs - counts.sinceMs < windowSeconds * 1_000) return counts;
  return { ...noCounts(nowMs), streak: counts.streak, streakSinceMs: counts.streakSinceMs };
}

/** Batches that were under way when the route was paused: what they were told about all events still counts. */
function observeWhileOpen(state: BreakerState, { halt, waitUntilMs, error }: Tally): BreakerState | undefined {
  const { phase } = state;
  if (phase.kind !== 'open') return undefined;
  const isGone = halt === 'gone' && !waitsForOperator(phase);
  const waits = waitUntilMs > state.notBeforeMs;
  if (!isGone && !waits) return undefined;
  return {
    ...state,
    version: state.version + 1,
    notBeforeMs: Math.max(state.notBeforeMs, waitUntilMs),
    phase: {
      ...phase,
      reopenNotBeforeMs: Math.max(phase.reopenNotBeforeMs, waitUntilMs),
      ...(isGone ? { reason: 'gone', ...(error === undefined ? {} : { error }) } : {}),
    },
  };
}
