import type { Trial } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { readTrialMessage, type TrialMessage } from '../contract/parked-message.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';

/** Within SQS's 12 h from the receive, of which a part has passed. */
const longestHideSeconds = 21_600;

/** A copy; undefined for one that is gone, or makes no sense. @throws ServiceUnavailableError when that cannot be told */
export async function readCopy({ key }: Trial, { parked }: BreakerPorts): Promise<TrialMessage | undefined> {
  const text = await parked.get(key);
  return text === 'missing' ? undefined : readTrialMessage(text);
}

/** Has the original of a copy received again after so long. @throws ServiceUnavailableError when SQS may not have done it */
export function showOriginal(
  { receiptHandle }: TrialMessage,
  inSeconds: number,
  route: WatchedRoute,
  { hideTaken }: BreakerPorts,
): Promise<void> {
  return hideTaken(route.queueUrl, receiptHandle, Math.min(Math.ceil(inSeconds), longestHideSeconds));
}

/** Takes the original of a settled event off its queue. One that stays is found settled when it comes back. Never rejects. */
export async function removeOriginal(
  { receiptHandle }: TrialMessage,
  eventId: string,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<void> {
  try {
    await ports.removeTaken(route.queueUrl, receiptHandle);
  } catch (error) {
    const during = 'taking a settled event off its queue';
    ports.log({ step: 'fault', route: route.name, eventId, during, error: describeError(error) });
  }
}

/**
 * Lets a copy go, before the state says so: what cannot be deleted now is found settled by the next tick, or expires. It
 * must not keep a route paused whose destination has answered. Never rejects.
 */
export async function forgetCopy({ key, eventId }: Trial, route: WatchedRoute, ports: BreakerPorts): Promise<void> {
  try {
    await ports.parked.delete(key);
  } catch (error) {
    const during = 'deleting the copy of a trial';
    ports.log({ step: 'fault', route: route.name, eventId, during, error: describeError(error) });
  }
}
