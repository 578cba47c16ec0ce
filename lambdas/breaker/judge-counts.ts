import type { BreakerSettings } from '../contract/breaker-settings.ts';
import type { Counts } from '../contract/breaker-state.ts';

/** Three failures and nothing else are enough to take back what was only half opened. */
const halfOpenFailures = 3;

/** Attempts before the share of failures of a half-open route means anything. */
const halfOpenAttempts = 8;

/**
 * Whether a route that was open to all traffic has to be paused.
 *
 * A busy route is judged by its share of failures. A quiet one may not see so many attempts in a day: it is judged by
 * an unbroken row of failures, which must have gone on for a while, because on a busy route such a row is mere chance.
 */
export function isFailing(counts: Counts, nowMs: number, settings: BreakerSettings): boolean {
  if (counts.attempts >= settings.minimumAttempts) return counts.failures / counts.attempts >= settings.failureRatio;
  return counts.streak >= settings.streakLength && nowMs - counts.streakSinceMs >= settings.streakSeconds * 1_000;
}

/** Whether a half-open route has to be paused again. */
export function isFailingHalfOpen(counts: Counts, settings: BreakerSettings): boolean {
  const { attempts, failures } = counts;
  if (failures >= halfOpenFailures && failures === attempts) return true;
  return attempts >= halfOpenAttempts && failures / attempts >= settings.failureRatio;
}

export function noCounts(nowMs: number): Counts {
  return { sinceMs: nowMs, attempts: 0, failures: 0, streak: 0, streakSinceMs: nowMs };
}

/** Counts with those of one batch added. The order within a batch is not known: any success in it ends a streak. */
export function addCounts(
  before: Counts,
  { attempts, failures, overruns }: { readonly attempts: number; readonly failures: number; readonly overruns: number },
  nowMs: number,
): Counts {
  const unbroken = attempts === failures;
  return {
    sinceMs: before.sinceMs,
    attempts: before.attempts + attempts,
    failures: before.failures + failures,
    // A destination that answers nothing but 429 delivers nothing either.
    streak: unbroken ? before.streak + failures + overruns : 0,
    streakSinceMs: unbroken && before.streak > 0 ? before.streakSinceMs : nowMs,
  };
}
