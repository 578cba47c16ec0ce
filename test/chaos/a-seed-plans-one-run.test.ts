import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { eventIdOf } from '../../lambdas/ingest/event-id.ts';
import { compressTime } from '../../lib/chaos/compress-time.ts';
import { planAnswer } from '../../lib/chaos/plan-answer.ts';
import { planCrash } from '../../lib/chaos/plan-crash.ts';
import { planEvents } from '../../lib/chaos/plan-events.ts';
import { planOutages, shortestSpanMs } from '../../lib/chaos/plan-outages.ts';

const time = compressTime(10);
const spanMs = 80_000;
const eventsOf = (seed: number) => planEvents({ seed, events: 2_000, spanMs, copyWithinMs: time.copyWithinMs });
/** A comparison of the large bodies byte for byte takes jest half a minute. */
const digestsOf = (seed: number) =>
  eventsOf(seed).map(({ eventId, body, sendAtMs }) => ({
    eventId,
    sendAtMs,
    digest: createHash('sha256').update(body).digest('hex'),
  }));
const share = (count: number, of: number) => Math.round((count / of) * 100);

describe('the same seed gives the same', () => {
  test('events, and another seed others', () => {
    expect(digestsOf(7)).toEqual(digestsOf(7));
    expect(digestsOf(8)).not.toEqual(digestsOf(7));
  });

  test('outages', () => {
    expect(planOutages(7, spanMs, time)).toEqual(planOutages(7, spanMs, time));
    expect(planOutages(8, spanMs, time)).not.toEqual(planOutages(7, spanMs, time));
  });

  test('answers, whatever else was asked for before', () => {
    const second = planAnswer(7, 'e', 2, 1_000);
    planAnswer(7, 'other', 1, 1_000);
    expect(planAnswer(7, 'e', 2, 1_000)).toEqual(second);
  });

  test('crashes', () => {
    const crashes = () => Array.from({ length: 300 }, (_, batch) => planCrash(7, batch));
    expect(crashes()).toEqual(crashes());
  });
});

test('events carry the ids that the relay will give them, and are all different', () => {
  const events = eventsOf(7).slice(0, 100);
  const given = events.map(({ body }) => eventIdOf({ route: 'r', headers: {}, body }, 'open-messaging'));
  expect(given).toEqual(events.map(({ eventId }) => eventId));
  expect(new Set(given).size).toBe(100);
});

test('one event in twenty is sent twice, and one in fifty is over the inline limit', () => {
  const events = eventsOf(7);
  expect(share(events.filter(({ sendAtMs }) => sendAtMs.length === 2).length, events.length)).toBe(5);
  expect(share(events.filter(({ body }) => body.byteLength > 262_144).length, events.length)).toBe(2);
});

test('of a hundred answers twenty are 5xx, five 429 with Retry-After, and five come too late or never', () => {
  const answers = Array.from({ length: 10_000 }, (_, post) => planAnswer(7, 'e', post + 1, 1_000));
  const kinds = Map.groupBy(answers, ({ taken, behaviour }) => {
    if (behaviour.kind === 'hang') return 'never';
    if (behaviour.status === 200) return taken && (behaviour.delayMs ?? 0) > 1_000 ? 'late' : 'well';
    return behaviour.headers?.['retry-after'] === '1' ? behaviour.status : '5xx';
  });
  const shares = Object.fromEntries([...kinds].map(([kind, all]) => [kind, share(all.length, answers.length)]));
  expect(shares).toEqual({ '5xx': 20, 429: 5, never: 2, late: 2, well: 70 });
});

test('an event that was asked to wait is not asked for ever', () => {
  const waits = Array.from({ length: 20 }, (_, post) => planAnswer(7, 'e', post + 1, 1_000).taken);
  expect(waits).toContain(true);
});

test('one batch in each hundred is killed', () => {
  const crashes = (from: number) => Array.from({ length: 100 }, (_, batch) => planCrash(7, from + batch));
  for (const from of [0, 100, 900]) {
    expect(crashes(from).filter((crash) => crash !== undefined)).toHaveLength(1);
  }
});

test.each([1, 2, 3, 4, 5])('outages of seed %d come one after the other, within the run', (seed) => {
  const shortestMs = shortestSpanMs(time);
  const outages = planOutages(seed, shortestMs, time);
  for (const [index, { fromMs, untilMs }] of outages.entries()) {
    expect(untilMs).toBeGreaterThan(fromMs);
    expect(fromMs).toBeGreaterThanOrEqual((outages[index - 1]?.untilMs ?? 0) - 1);
  }
  expect(outages.at(-1)?.untilMs).toBeLessThanOrEqual(shortestMs);
  const downMs = outages.filter(({ victim }) => victim === 'destination').map((o) => o.untilMs - o.fromMs);
  expect(downMs.reduce((sum, ms) => sum + ms)).toBeCloseTo(18_000);
  expect(new Set(outages.map(({ victim }) => victim))).toEqual(new Set(['sqs', 'dynamodb', 'destination']));
});

test('compressed time keeps the order that the durations stand in', () => {
  for (const speed of [1, 10, 20, 30]) {
    const { deliveryTimeoutSeconds, leaseSeconds, visibilityTimeoutSeconds, breaker } = compressTime(speed);
    expect(deliveryTimeoutSeconds).toBeLessThan(leaseSeconds);
    expect(leaseSeconds).toBeLessThan(visibilityTimeoutSeconds);
    expect(breaker.pausedHideSeconds).toBeGreaterThan(breaker.tickSeconds);
    expect(Number.isInteger(breaker.pausedHideSeconds)).toBe(true);
  }
});
