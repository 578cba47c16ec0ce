import { longestVisibilitySeconds } from '../contract/aws-limits.ts';
import type { Trial } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { readTrialMessage, type TrialMessage } from '../contract/parked-message.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';

/** SQS counts from the receive, and up to half of what it allows has passed: see `trialHideSeconds`. */
const longestHideSeconds = longestVisibilitySeconds / 2;

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
  await orLog('taking a settled event off its queue', eventId, route, ports, () =>
    ports.removeTaken(route.queueUrl, receiptHandle),
  );
}

/**
 * Lets a copy go, before the state says so: what cannot be deleted now is found settled by the next tick, or expires. It
 * must not keep a route paused whose destination has answered. Never rejects.
 */
export async function forgetCopy({ key, eventId }: Trial, route: WatchedRoute, ports: BreakerPorts): Promise<void> {
  await orLog('deleting the copy of a trial', eventId, route, ports, () => ports.parked.delete(key));
}

/** Hides the original of a copy for long. One that stays visible is received while its copy is tried. Never rejects. */
export async function hideOriginal(
  { receiptHandle }: TrialMessage,
  eventId: string,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<void> {
  await orLog('hiding an event that is tried', eventId, route, ports, () =>
    ports.hideTaken(route.queueUrl, receiptHandle, ports.settings.trialHideSeconds),
  );
}

/** For what a tick can do without: the delivery record makes up for it. */
async function orLog(
  during: string,
  eventId: string,
  route: WatchedRoute,
  ports: BreakerPorts,
  call: () => Promise<void>,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    ports.log({ step: 'fault', route: route.name, eventId, during, error: describeError(error) });
  }
}
