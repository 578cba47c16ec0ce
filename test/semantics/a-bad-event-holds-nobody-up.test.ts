import { describe, expect, test } from '@jest/globals';
import type { DestinationAnswer } from '../../lambdas/contract/ports.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { type SimulatedRelay, simulatedRelay } from '../support/simulated-relay.ts';

const hourMs = 3_600_000;

/** Numbers from 0 to 1 that are the same for an event each time it is asked. */
function share(eventId: string): number {
  let hash = 2_166_136_261;
  for (const character of eventId) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash / 2 ** 32;
}

/** A destination that is well, and answers some events badly every time. */
async function run(badShare: number, bad: DestinationAnswer, everyMs: number, hours: number): Promise<SimulatedRelay> {
  const relay = simulatedRelay({
    destination: (eventId) => ({ answer: share(eventId) < badShare ? bad : answered(200), afterMs: 60 }),
    random: (() => {
      let state = 0.37;
      return () => {
        state = (state * 9_301 + 0.297) % 1;
        return state;
      };
    })(),
  });
  for (let atMs = startMs; atMs < startMs + hours * hourMs; atMs += everyMs) {
    relay.time.at(atMs, () => void relay.accept(`event-${atMs}`));
  }
  await relay.time.runUntil(startMs + hours * hourMs);
  return relay;
}

function deliveredShare({ accepted, records }: SimulatedRelay, badShare: number): number {
  const good = [...accepted].filter((eventId) => share(eventId) >= badShare);
  return good.filter((eventId) => records.read(eventId)?.status === 'delivered').length / good.length;
}

describe('while the destination is well, the other events are delivered', () => {
  test.each<[string, number, DestinationAnswer, number, number]>([
    ['a firewall refuses one in 200 with 403, at one a second', 0.005, answered(403), 1_000, 2],
    ['one in 50 is answered 409, at one a second', 0.02, answered(409), 1_000, 2],
    ['a firewall refuses one in 50 with 403, at one a second', 0.02, answered(403), 1_000, 2],
    ['one in 20 is answered 500, at ten a second', 0.05, answered(500), 100, 0.25],
    ['one in 10 is answered 500, at one a minute', 0.1, answered(500), 60_000, 24],
    ['one in 10 is answered 403, at one a minute', 0.1, answered(403), 60_000, 24],
    ['one in 5 is answered 500, at one in five minutes', 0.2, answered(500), 300_000, 48],
    ['one in 5 is answered 403, at one in five minutes', 0.2, answered(403), 300_000, 48],
  ])('%s', async (_what, badShare, bad, everyMs, hours) => {
    const relay = await run(badShare, bad, everyMs, hours);
    expect(relay.violations).toEqual([]);
    expect(deliveredShare(relay, badShare)).toBeGreaterThan(0.97);
  });
});
