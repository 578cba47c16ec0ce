import type { BreakerState, Trial } from '../contract/breaker-state.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { forgetTrial, tryWith } from './try-with.ts';

/**
 * Delivers the copies that are left from a pause. Their originals are hidden for hours, which must not hold the events
 * up now that the route is open again. One that fails is as any other event again, when its original comes back.
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
    if (outcome !== 'unknown') await forgetTrial(trial, route, ports);
    else left.push(trial);
  }
  return { ...state, trials: left };
}
