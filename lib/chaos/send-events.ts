import type { Sending } from './account-for-run.ts';
import type { PlannedEvent } from './plan-events.ts';
import type { RunClock } from './run-clock.ts';
import { type Sender, sendAsGenesys } from './send-as-genesys.ts';

/**
 * Sends all events, each at its time, whatever becomes of the others: Genesys does not slow down for anybody.
 *
 * @throws Error when the relay gives an event another id than planned
 */
export async function sendEvents(
  events: readonly PlannedEvent[],
  sender: Sender,
  clock: RunClock,
  onSent: (sending: Sending) => void,
): Promise<readonly Sending[]> {
  const send = async ({ eventId, body }: PlannedEvent, atMs: number): Promise<Sending> => {
    await clock.reach(atMs);
    const firstSentAtMs = Date.now();
    const outcome = await sendAsGenesys(body, sender);
    if (outcome.kind === 'accepted' && outcome.eventId !== eventId) {
      throw new Error(`event ${eventId} was accepted as ${outcome.eventId}`);
    }
    const sending = { eventId, firstSentAtMs, outcome };
    onSent(sending);
    return sending;
  };
  return Promise.all(events.flatMap((event) => event.sendAtMs.map((atMs) => send(event, atMs))));
}
