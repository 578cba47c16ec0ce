import type { Trial } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { readTrialMessage } from '../contract/parked-message.ts';
import type { TrialResult } from '../contract/trial-call.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';

/** Tries a destination with one event. @throws ServiceUnavailableError when the copy cannot be read just now */
export async function tryWith(trial: Trial, route: WatchedRoute, ports: BreakerPorts): Promise<TrialResult> {
  const text = await ports.parked.get(trial.key);
  const message = text === 'missing' ? undefined : readTrialMessage(text);
  // A copy that is gone, or makes no sense, is as good as one of a settled event: another is taken.
  const result: TrialResult =
    message === undefined ? { outcome: 'not-posted' } : await ports.tryDestination(route.processorName, message);
  const error = 'error' in result ? { error: result.error } : {};
  ports.log({ step: 'trial', route: route.name, eventId: trial.eventId, outcome: result.outcome, ...error });
  return result;
}

/**
 * Lets a copy go, before the state says so: what cannot be deleted now is found settled by the next tick, or expires. It
 * must not keep a route paused whose destination has answered. Never rejects.
 */
export async function forgetTrial({ key, eventId }: Trial, route: WatchedRoute, ports: BreakerPorts): Promise<void> {
  try {
    await ports.parked.delete(key);
  } catch (error) {
    const during = 'deleting the copy of a trial';
    ports.log({ step: 'fault', route: route.name, eventId, during, error: describeError(error) });
  }
}
