import { type BreakerState, breakerKey } from '../../../lambdas/contract/breaker-state.ts';
import { OperatorError } from '../operator-error.ts';
import type { StoredBreakers } from './breaker-states.ts';
import { isUnreadable, type StoredBreaker } from './stored-breaker.ts';

/**
 * Each try is one call. Many, because every batch of a busy route with failures in it writes the breaker, too, and an
 * operator's call takes longer than theirs: just then a pause is wanted most.
 */
const mostTries = 50;

/** What a command made of a route's breaker. */
export interface BreakerChange {
  /** As it was when the command began. */
  readonly before: StoredBreaker;
  readonly after: StoredBreaker;
}

/**
 * Changes a route's breaker. When somebody else was quicker (a processor, the scheduled function, another operator),
 * the change is applied to what they left.
 *
 * @param change undefined when the state is already as it should be
 * @throws OperatorError `CHANGED_MEANWHILE` when others were quicker each time, `SERVICE_FAILED` when nothing can be written
 *   over what is there; the signal's reason when it is aborted
 */
export async function changeBreaker(
  route: string,
  change: (stored: StoredBreaker) => BreakerState | undefined,
  { breakers, signal }: { readonly breakers: StoredBreakers; readonly signal: AbortSignal },
): Promise<BreakerChange> {
  const before = await breakers.read(route);
  let current = before;
  for (let tries = 0; tries < mostTries; tries++) {
    signal.throwIfAborted();
    if (isUnreadable(current) && current.version === undefined) throw unversioned(route);
    const next = change(current);
    if (next === undefined) return { before, after: current };
    const written = await breakers.replace(route, next);
    if (written === 'written') return { before, after: next };
    current = written;
  }
  throw new OperatorError(
    'CHANGED_MEANWHILE',
    `the breaker of ${route} was changed by others ${mostTries} times meanwhile, and is as they left it: try again`,
  );
}

function unversioned(route: string): OperatorError {
  return new OperatorError(
    'SERVICE_FAILED',
    `the breaker of ${route} has no version, and nothing can be written over it: delete the item ${breakerKey(route)} of the delivery table, and try again`,
  );
}
