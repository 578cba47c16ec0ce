import type { BreakerState, Trial } from '../contract/breaker-state.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { forgetTrial, tryWith } from './try-with.ts';

/**
 * Delivers the copies that are left from a pause. Their originals are hidden for hours, which must not hold the events
 * up now that the route is open again. One that fails again is tried at the next tick, until the route is closed; from
 * then on it is as any other event, when its original comes back. Nothing is posted before the moment that the
 * destination asked for.
 *
 * @throws ServiceUnavailableError when a copy cannot be read just now
 */
export async function deliverTrials(
  state: BreakerState,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<BreakerState> {
  if (ports.now() < state.notBeforeMs) return state;
  const left: Trial[] = [];
  for (const trial of state.trials) {
    const { outcome } = await tryWith(trial, route, ports);
    const isOver = outcome === 'answered' || outcome === 'not-posted' || state.phase.kind === 'closed';
    if (isOver) await forgetTrial(trial, route, ports);
    else left.push(trial);
  }
  return { ...state, trials: left };
}
