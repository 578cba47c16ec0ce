import type { BreakerState } from '../contract/breaker-state.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';

/**
 * Stores what a tick has changed. A processor, or an operator, may have changed the state since it was read: then theirs
 * holds, and the next tick goes on from there.
 *
 * @returns the state as it is stored now
 * @throws ServiceUnavailableError when it cannot be stored
 */
export async function storeBreaker(
  stored: BreakerState,
  next: BreakerState,
  route: WatchedRoute,
  { states, log }: BreakerPorts,
): Promise<BreakerState> {
  if (next === stored) return stored;
  // One change, of however many steps.
  const changed = { ...next, version: stored.version + 1 };
  const written = await states.replace(route.name, changed);
  if (written !== 'written') return written;
  if (next.phase.kind !== stored.phase.kind) {
    log({ step: 'breaker', route: route.name, from: stored.phase.kind, to: next.phase.kind });
  }
  return changed;
}
