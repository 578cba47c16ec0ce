import type { BreakerState, Trial } from '../contract/breaker-state.ts';
import type { TrialResult } from '../contract/trial-call.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { forgetCopy, readCopy, removeOriginal, showOriginal } from './trial-copies.ts';

/**
 * Tries a destination with one event, whose copy is then needed no longer, unless the destination failed it or nothing
 * was learned.
 *
 * @throws ServiceUnavailableError when the copy cannot be read just now, or its original not be shown again
 */
export async function tryWith(
  trial: Trial,
  { lastDeliveredAtMs }: BreakerState,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<TrialResult> {
  const copy = await readCopy(trial, ports);
  // One that is gone, or makes no sense, is as good as one of a settled event: another is taken.
  const result: TrialResult =
    copy === undefined
      ? { outcome: 'not-posted' }
      : await ports.tryDestination(route.processorName, { trial: copy, lastDeliveredAtMs });
  const error = 'error' in result ? { error: result.error } : {};
  ports.log({ step: 'trial', route: route.name, eventId: trial.eventId, outcome: result.outcome, ...error });
  if (result.outcome === 'failed' || result.outcome === 'unknown') return result;
  if (copy !== undefined) {
    const { againInSeconds } = result;
    if (againInSeconds === undefined) await removeOriginal(copy, trial.eventId, route, ports);
    else await showOriginal(copy, againInSeconds, route, ports);
  }
  await forgetCopy(trial, route, ports);
  return result;
}
