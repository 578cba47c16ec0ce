import { type BreakerState, isPaused, type PausedState, type Trial } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { eventIdOf } from '../contract/message-event-id.ts';
import { type TrialMessage, trialKey, writeTrialMessage } from '../contract/parked-message.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { storeBreaker } from './store-breaker.ts';
import { hideOriginal } from './trial-copies.ts';

/** Copies at hand. That all of so many events are answered badly although the destination is well is unlikely… */
const trialsAtHand = 5;

/** …but it happens, and then others are taken as well: after so many failed trials, five minutes' worth, and at twice as many each time. */
const trialsBeforeFurtherLook = 10;

/** All the copies that a state holds. */
export const mostTrials = 25;

/**
 * Takes copies of events that wait on the queue, five at first, to try a paused destination with: one alone could be the
 * only one that fails, and all others would wait behind it. The original of each is then hidden for long, so that no
 * message is taken twice, and none costs more than one receive.
 *
 * The copies are stored in the state before their originals are hidden: a crash before that leaves objects that nobody
 * knows and that expire; one after it leaves originals that are received, and delivered, sooner than they need to be.
 *
 * @returns the state as it is stored now; the same object when there was nothing to do
 * @throws ServiceUnavailableError when the queue cannot be looked at, or the state not be stored
 */
export async function gatherTrials(
  state: PausedState,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<BreakerState> {
  const { phase } = state;
  const room = roomFor(state);
  const nextLookAtMs = phase.sinceMs + ports.settings.tickSeconds * 1_000 * (2 ** phase.vainLooks - 1);
  // A processor that pauses the route anew adds its own to those that are left.
  if (room <= 0 || ports.now() < nextLookAtMs) return state;
  const { visible } = await ports.depthOf(route.queueUrl);
  if (visible === 0) return state;
  const taken = await ports.takeSome(route.queueUrl, room);
  if (taken.length === 0) return state;
  const gathered = await storeBreaker(state, await park(state, taken, route, ports), route, ports);
  if (!isPaused(gathered)) return gathered;
  for (const copy of taken) {
    const eventId = eventIdOf(copy.message);
    // If somebody else has changed the state meanwhile, it does not hold the copy: the original comes back by itself.
    if (gathered.trials.some((trial) => trial.eventId === eventId)) await hideOriginal(copy, eventId, route, ports);
  }
  return gathered;
}

function roomFor({ phase, trials }: PausedState): number {
  if (trials.length < trialsAtHand) return trialsAtHand - trials.length;
  const isDue = phase.failedTrials >= trialsBeforeFurtherLook * 2 ** phase.furtherLooks;
  return isDue ? Math.min(trialsAtHand, mostTrials - trials.length) : 0;
}

async function park(
  state: PausedState,
  taken: readonly TrialMessage[],
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<PausedState> {
  const { phase, trials } = state;
  const fresh: Trial[] = [];
  try {
    for (const copy of taken) {
      const eventId = eventIdOf(copy.message);
      const known = [...trials, ...fresh].find((trial) => trial.eventId === eventId);
      // One that we have a copy of was hidden for as long as it could be: the new receipt is the hold on it now.
      const key = known?.key ?? trialKey(route.name, ports.newId());
      await ports.parked.put(key, writeTrialMessage(copy));
      if (known === undefined) fresh.push({ key, eventId });
    }
  } catch (error) {
    // The receives are spent: this look has to count, or a bucket that is down would cost one a minute.
    const during = 'gathering events to try';
    ports.log({ step: 'fault', route: route.name, during, error: describeError(error) });
    return { ...state, trials: [...trials, ...fresh], phase: { ...phase, vainLooks: phase.vainLooks + 1 } };
  }
  if (trials.length < trialsAtHand) return { ...state, trials: [...trials, ...fresh] };
  // They have their turn first: those before them have all failed.
  return { ...state, trials: [...fresh, ...trials], phase: { ...phase, furtherLooks: phase.furtherLooks + 1 } };
}
