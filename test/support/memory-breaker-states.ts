import { type BreakerState, closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import type { BreakerStates } from '../../lambdas/contract/ports.ts';

/** Breakers without DynamoDB; a suite of `test/adapters` holds the two to the same behaviour. */
export interface MemoryBreakerStates extends BreakerStates {
  /** The state as it stands. */
  current(route: string): BreakerState;
  /** Stores a state whatever was there. */
  set(route: string, state: BreakerState): void;
  /** How often somebody tried to change a state, and how often it worked. */
  readonly writes: { tried: number; done: number };
}

export function memoryBreakerStates(): MemoryBreakerStates {
  const states = new Map<string, BreakerState>();
  const writes = { tried: 0, done: 0 };
  const current = (route: string) => states.get(route) ?? closedBreaker;
  return {
    current,
    writes,
    set: (route, state) => states.set(route, state),
    read: async (route) => current(route),
    async replace(route, next) {
      writes.tried += 1;
      if (next.version !== current(route).version + 1) return current(route);
      states.set(route, next);
      writes.done += 1;
      return 'written';
    },
  };
}
