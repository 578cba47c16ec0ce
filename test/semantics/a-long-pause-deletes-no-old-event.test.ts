import { expect, test } from '@jest/globals';
import { isPaused } from '../../lambdas/contract/breaker-state.ts';
import { queueRetentionSeconds } from '../../lib/infra/timings.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { simulatedRelay, simulatedRoute } from '../support/simulated-relay.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** An attempt every 19 hours: the sixth is not before the fourth day. */
const retry = { maxAttempts: 8, baseSeconds: 70_000, capSeconds: 70_000 };

test('an event that had waited for four days when a long pause began is no more lost than the others', async () => {
  const pauseBeginsMs = startMs + 4 * dayMs + hourMs;
  const relay = simulatedRelay({
    retry,
    random: () => 0.99,
    destination: (eventId, nowMs) => ({
      answer: answered(eventId === 'old' || nowMs >= pauseBeginsMs ? 503 : 200),
      afterMs: 50,
    }),
  });
  relay.time.at(startMs, () => void relay.accept('old'));
  for (let hour = 1; hour < 24 * 5; hour++) {
    relay.time.at(startMs + hour * hourMs, () => void relay.accept(`hourly-${hour}`));
  }
  await relay.time.runUntil(pauseBeginsMs);
  expect(relay.records.read('old')).toMatchObject({ status: 'delivering' });
  expect(isPaused(relay.breakers.current(simulatedRoute))).toBe(false);

  await relay.time.runUntil(startMs + 5 * dayMs);
  expect(isPaused(relay.breakers.current(simulatedRoute))).toBe(true);

  await relay.time.runUntil(startMs + 4.5 * dayMs + queueRetentionSeconds * 1_000);
  expect(relay.violations).toEqual([]);
  expect(relay.queue.messages).toEqual([]);
  const endOf = (eventId: string) => relay.records.read(eventId)?.status;
  expect(endOf('old')).toBe('failed');
  expect([...relay.accepted].filter((eventId) => !['delivered', 'failed'].includes(endOf(eventId) ?? ''))).toEqual([]);
  expect(relay.deadLetters).toHaveLength([...relay.accepted].filter((eventId) => endOf(eventId) === 'failed').length);
});
