import type { PausedState, Trial } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { eventIdOf } from '../contract/message-event-id.ts';
import { trialKey, writeTrialMessage } from '../contract/parked-message.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { waitsForOperator } from './open-breaker.ts';

/** Failed trials before the second exchange, two hours' worth; four times as many before each one after that. */
const trialsBeforeSecondExchange = 120;

/**
 * A copy of some message that is visible on the queue, parked for this trial and the next ones; undefined when none is.
 * The latest one: it is the least likely to have been tried before.
 *
 * @param otherThan an event that has been tried already
 * @throws ServiceUnavailableError
 */
export async function pickTrial(
  route: WatchedRoute,
  ports: BreakerPorts,
  otherThan?: string,
): Promise<Trial | undefined> {
  const messages = await ports.copySome(route.queueUrl);
  const [message] = messages
    .filter((candidate) => eventIdOf(candidate.message) !== otherThan)
    .toSorted((a, b) => b.sentAtMs - a.sentAtMs);
  if (message === undefined) return undefined;
  const key = trialKey(route.name, ports.newId());
  await ports.parked.put(key, writeTrialMessage(message));
  return { key, eventId: eventIdOf(message.message) };
}

/**
 * Another event to try with, in case the one at hand is the only one that fails: events that arrive later must not wait
 * behind it for ever. Each exchange costs some messages one receive: the first comes as soon as others are waiting, the
 * next ones hours apart. A destination that asked for a wait, or is gone, is left alone.
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
  const { exchanges = 0 } = phase;
  const isDue = exchanges === 0 || phase.failedTrials >= trialsBeforeSecondExchange * 4 ** (exchanges - 1);
  if (!isDue || waitsForOperator(phase) || ports.now() < state.notBeforeMs) return undefined;
  try {
    const { visible } = await ports.depthOf(route.queueUrl);
    // One of them is the original of the copy at hand.
    if (visible < 2) return undefined;
    const other = await pickTrial(route, ports, trial.eventId);
    if (other !== undefined) await ports.parked.delete(trial.key);
    return { ...state, phase: { ...phase, trial: other ?? trial, exchanges: exchanges + 1 } };
  } catch (error) {
    const during = 'looking for another event to try';
    ports.log({ step: 'fault', route: route.name, during, error: describeError(error) });
    return undefined;
  }
}
