import type { Sending } from './account-for-run.ts';
import type { PlannedEvent } from './plan-events.ts';
import type { RunClock } from './run-clock.ts';
import { type Sender, sendAsGenesys } from './send-as-genesys.ts';

/**
 * A machine that cannot keep up slows the sender down, instead of burying the relay under retries: AWS would run more
 * functions, where here there are eight processes.
 */
const mostAtOnce = 16;

/**
 * Sends all events, each at its time or as soon after it as there is room.
 *
 * @throws Error when the relay gives an event another id than planned
 */
export async function sendEvents(
  events: readonly PlannedEvent[],
  sender: Sender,
  clock: RunClock,
  onSent: (sending: Sending) => void,
): Promise<readonly Sending[]> {
  const room = createRoom(mostAtOnce);
  const send = async ({ eventId, body }: PlannedEvent, atMs: number): Promise<Sending> => {
    await clock.reach(atMs);
    await room.enter();
    const firstSentAtMs = Date.now();
    const outcome = await sendAsGenesys(body, sender).finally(room.leave);
    if (outcome.kind === 'accepted' && outcome.eventId !== eventId) {
      throw new Error(`event ${eventId} was accepted as ${outcome.eventId}`);
    }
    const sending = { eventId, firstSentAtMs, outcome };
    onSent(sending);
    return sending;
  };
  return Promise.all(events.flatMap((event) => event.sendAtMs.map((atMs) => send(event, atMs))));
}

interface Room {
  /** Resolves when there is a place; whoever came first gets it. */
  readonly enter: () => Promise<void>;
  readonly leave: () => void;
}

function createRoom(places: number): Room {
  let free = places;
  const waiting: (() => void)[] = [];
  return {
    enter: () => {
      if (free > 0) {
        free--;
        return Promise.resolve();
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    leave: () => {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    },
  };
}
