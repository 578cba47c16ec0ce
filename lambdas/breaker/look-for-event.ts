import type { OpenPhase, PausedState, Trial } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { eventIdOf } from '../contract/message-event-id.ts';
import { trialKey, writeTrialMessage } from '../contract/parked-message.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';

/** Failed trials, two hours' worth, before the second look for another event; four times as many before each later one. */
const trialsBeforeSecondLook = 120;

/**
 * Looks at the queue for an event that the paused destination was not tried with yet, and parks a copy of it for this
 * trial and the next ones: the latest one, which is the least likely to be a copy of what is settled.
 *
 * A look costs each message that it sees a receive, so it is taken at growing distances.
 *
 * @returns no trial when it is too early for a look, or nothing else is visible
 * @throws ServiceUnavailableError when the queue cannot be counted
 */
export async function lookForEvent(
  state: PausedState,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<{ readonly state: PausedState; readonly trial?: Trial }> {
  const { phase } = state;
  if (!isLookDue(phase, ports.now(), ports.settings.tickSeconds)) return { state };
  // The only visible message may be the original of the copy at hand: it is not worth a receive.
  const fewest = phase.trial === undefined ? 1 : 2;
  const { visible } = await ports.depthOf(route.queueUrl);
  if (visible < fewest) return { state };

  const looked = { ...state, phase: { ...phase, looks: phase.looks + 1 } };
  try {
    const [message] = (await ports.copySome(route.queueUrl))
      .filter((candidate) => !phase.tried.includes(eventIdOf(candidate.message)))
      .toSorted((a, b) => b.sentAtMs - a.sentAtMs);
    if (message === undefined) return { state: looked };
    const key = trialKey(route.name, ports.newId());
    await ports.parked.put(key, writeTrialMessage(message));
    return { state: looked, trial: { key, eventId: eventIdOf(message.message) } };
  } catch (error) {
    // The receives are spent: this look has to count, or a bucket that is down would cost one a minute.
    const during = 'looking for an event to try';
    ports.log({ step: 'fault', route: route.name, during, error: describeError(error) });
    return { state: looked };
  }
}

/** The first look comes at once. With an event at hand the next ones can wait; without one they are more urgent. */
function isLookDue({ trial, looks, failedTrials, sinceMs }: OpenPhase, nowMs: number, tickSeconds: number): boolean {
  if (looks === 0) return true;
  if (trial !== undefined) return failedTrials >= trialsBeforeSecondLook * 4 ** (looks - 1);
  return nowMs >= sinceMs + tickSeconds * 1_000 * 2 ** looks;
}
