import type { PausedState, Trial } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { eventIdOf } from '../contract/message-event-id.ts';
import { trialKey, writeTrialMessage } from '../contract/parked-message.ts';
import type { TakenMessage } from '../contract/ports.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';

/** Copies at hand. That all of so many events are answered badly although the destination is well is unlikely… */
const trialsAtHand = 5;

/** …but it happens, and then others are taken as well: after so many failed trials, five minutes' worth, and at twice as many each time. */
const trialsBeforeFurtherLook = 10;

/** All the copies that a state holds. */
export const mostTrials = 25;

/**
 * Takes copies of events that wait on the queue, five at first, to try a paused destination with: one alone could be the
 * only one that fails, and all others would wait behind it. The original of each is hidden for long, so that no message
 * is taken twice, and none costs more than one receive.
 *
 * @throws ServiceUnavailableError when the queue cannot be looked at
 */
export async function gatherTrials(state: PausedState, route: WatchedRoute, ports: BreakerPorts): Promise<PausedState> {
  const { phase, trials } = state;
  const room = roomFor(state);
  const nextLookAtMs = phase.sinceMs + ports.settings.tickSeconds * 1_000 * (2 ** phase.vainLooks - 1);
  // A processor that pauses the route anew adds its own to those that are left.
  if (room <= 0 || ports.now() < nextLookAtMs) return state;
  const { visible } = await ports.depthOf(route.queueUrl);
  if (visible === 0) return state;
  const taken = await ports.takeSome(route.queueUrl, room);
  const gathered: Trial[] = [...trials];
  try {
    for (const message of taken) {
      const eventId = eventIdOf(message.copy.message);
      if (!gathered.some((trial) => trial.eventId === eventId))
        gathered.push(await park(message, eventId, route, ports));
      await ports.hideTaken(route.queueUrl, message.receiptHandle, ports.settings.trialHideSeconds);
    }
  } catch (error) {
    // The receives are spent: this look has to count, or a bucket that is down would cost one a minute.
    const during = 'gathering events to try';
    ports.log({ step: 'fault', route: route.name, during, error: describeError(error) });
    return { ...state, trials: gathered, phase: { ...phase, vainLooks: phase.vainLooks + 1 } };
  }
  if (trials.length < trialsAtHand) return { ...state, trials: gathered };
  // They have their turn first: those before them have all failed.
  const fresh = gathered.slice(trials.length);
  return { ...state, trials: [...fresh, ...trials], phase: { ...phase, furtherLooks: phase.furtherLooks + 1 } };
}

function roomFor({ phase, trials }: PausedState): number {
  if (trials.length < trialsAtHand) return trialsAtHand - trials.length;
  const isDue = phase.failedTrials >= trialsBeforeFurtherLook * 2 ** phase.furtherLooks;
  return isDue ? Math.min(trialsAtHand, mostTrials - trials.length) : 0;
}

async function park({ copy }: TakenMessage, eventId: string, route: WatchedRoute, ports: BreakerPorts): Promise<Trial> {
  const key = trialKey(route.name, ports.newId());
  await ports.parked.put(key, writeTrialMessage(copy));
  return { key, eventId };
}
