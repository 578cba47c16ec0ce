import { type BreakerState, closedBreaker } from '../../../lambdas/contract/breaker-state.ts';

/** What another version of the relay wrote of a route, and this one does not understand. */
export interface UnreadableBreaker {
  readonly kind: 'unreadable';
  /** Undefined where not even this could be read: then nothing can be written over it, which is conditional on it. */
  readonly version: number | undefined;
}

/** A route's breaker as it is found in the table. */
export type StoredBreaker = BreakerState | UnreadableBreaker;

export function isUnreadable(breaker: StoredBreaker): breaker is UnreadableBreaker {
  return 'kind' in breaker;
}

/** The state that the functions of this version take it for: a route whose breaker they cannot read, they let pass. */
export function asTakenByFunctions(breaker: StoredBreaker): BreakerState {
  return isUnreadable(breaker) ? { ...closedBreaker, version: breaker.version ?? 0 } : breaker;
}
