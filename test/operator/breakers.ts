import { openPhase } from '../../lambdas/breaker/open-breaker.ts';
import { type BreakerState, closedBreaker, type OpenPhase, type Phase } from '../../lambdas/contract/breaker-state.ts';

/** A breaker in this phase, nothing else of note about it. */
export function breakerIn(phase: Phase, others: Partial<BreakerState> = {}): BreakerState {
  return { ...closedBreaker, version: 1, phase, ...others };
}

/** A paused route's breaker. */
export function pausedBreaker(
  phase: Pick<OpenPhase, 'reason' | 'sinceMs'> & Partial<OpenPhase>,
  others: Partial<BreakerState> = {},
): BreakerState {
  return breakerIn(
    { ...openPhase(phase.reason, phase.sinceMs), ...phase },
    { heldBackSinceMs: phase.sinceMs, ...others },
  );
}
