import type { BreakerState } from '../contract/breaker-state.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { forgetCopy, readCopy, showOriginal } from './trial-copies.ts';

/**
 * Shows the originals again of which copies are left from a pause: they are hidden for hours, which must not hold the
 * events up now that the route is open again. A crash before the state is stored has the next tick do it once more.
 *
 * @throws ServiceUnavailableError when the bucket or the queue cannot be used: the next tick goes on from there
 */
export async function returnTrials(
  state: BreakerState,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<BreakerState> {
  for (const trial of state.trials) {
    const copy = await readCopy(trial, ports);
    if (copy !== undefined) await showOriginal(copy, 0, route, ports);
    await forgetCopy(trial, route, ports);
  }
  return { ...state, trials: [] };
}
