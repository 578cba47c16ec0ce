import type { PausedState, Trial } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { eventIdOf } from '../contract/message-event-id.ts';
import { trialKey, writeTrialMessage } from '../contract/parked-message.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { waitsForOperator } from './open-breaker.ts';

/**
 * A copy of some message that is visible on the queue, parked for this trial and the next ones; undefined when none is.
 *
 * @throws ServiceUnavailableError
 */
export async function pickTrial(route: WatchedRoute, ports: BreakerPorts): Promise<Trial | undefined> {
  const message = await ports.copyOne(route.queueUrl);
  if (message === undefined) return undefined;
  const key = trialKey(route.name, ports.newId());
  await ports.parked.put(key, writeTrialMessage(message));
  return { key, eventId: eventIdOf(message.message) };
}

/**
 * Another event to try with, in case the one at hand is the only one that fails: events that arrive later must not wait
 * behind it for ever. Each exchange costs a message one receive, so they come at growing distances, and only when more
 * messages are waiting than at the last one. A destination that asked for a wait, or is gone, is left alone.
 *
 * @returns undefined when the one at hand is to be tried again at the next tick. Never rejects
 */
export async function exchangeTrial(
  state: PausedState,
  trial: Trial,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<PausedState | undefined> {
  const { phase } = state;
  if (waitsForOperator(phase) || ports.now() < state.notBeforeMs || !isExchangeDue(phase.failedTrials)) {
    return undefined;
  }
  try {
    const { visible } = await ports.depthOf(route.queueUrl);
    // One of them is the original of the copy at hand.
    if (visible <= (phase.waitingAtExchange ?? 1)) return undefined;
    const other = await pickTrial(route, ports);
    if (other === undefined) return undefined;
    await ports.parked.delete(trial.key);
    return { ...state, phase: { ...phase, trial: other, waitingAtExchange: visible } };
  } catch (error) {
    const during = 'looking for another event to try';
    ports.log({ step: 'fault', route: route.name, during, error: describeError(error) });
    return undefined;
  }
}

/** After 1, 3, 6, 12, 24… failed trials. */
function isExchangeDue(failedTrials: number): boolean {
  return failedTrials === 1 || Number.isInteger(Math.log2(failedTrials / 3));
}
