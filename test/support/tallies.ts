import { emptyTally, type Tally } from '../../lambdas/breaker/observe-attempts.ts';
import { startMs } from './settable-clock.ts';

/** What a batch of attempts told that all failed. */
export function failures(count: number, others: Partial<Tally> = {}): Tally {
  return { ...emptyTally, attempts: count, failures: count, error: 'HTTP 503', ...others };
}

/** What a batch of attempts told that all went well. */
export function successes(count: number, others: Partial<Tally> = {}): Tally {
  return { ...emptyTally, attempts: count, lastDeliveredAtMs: startMs, ...others };
}

/** A batch of which only some failed. */
export function mixed(attempts: number, failed: number): Tally {
  return { ...emptyTally, attempts, failures: failed, error: 'HTTP 503', lastDeliveredAtMs: startMs };
}
