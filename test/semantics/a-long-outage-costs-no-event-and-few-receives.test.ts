import { describe, expect, test } from '@jest/globals';
import type { DestinationAnswer } from '../../lambdas/contract/ports.ts';
import { routeTimings } from '../../lib/infra/timings.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { type SimulatedRelay, simulatedRelay } from '../support/simulated-relay.ts';

const minuteMs = 60_000;
const retry = { maxAttempts: 10, baseSeconds: 5, capSeconds: 21_600 };

/** All attempts of an event with the longest pauses between them: some 43 minutes. */
const wholeScheduleMs = routeTimings({ timeoutSeconds: 10, retry, dedupeDays: 30 }).longestScheduleSeconds * 1_000;

const outageStartsAtMs = startMs + 5 * minuteMs;
const healsAtMs = outageStartsAtMs + 2 * wholeScheduleMs;

interface Outage {
  readonly relay: SimulatedRelay;
  readonly events: number;
}

/** A destination that fails in one way for twice the whole retry schedule, while events go on coming in. */
async function outage(how: { readonly answer: DestinationAnswer; readonly afterMs: number }, everyMs: number) {
  const relay = simulatedRelay({
    retry,
    destination: (_eventId, nowMs) =>
      nowMs >= outageStartsAtMs && nowMs < healsAtMs ? how : { answer: answered(200), afterMs: 80 },
  });
  let events = 0;
  for (let atMs = startMs; atMs < healsAtMs + 10 * minuteMs; atMs += everyMs) {
    events += 1;
    relay.time.at(atMs, () => void relay.accept(`event-${atMs}`));
  }
  await relay.time.runUntil(healsAtMs);
  return { relay, events };
}

async function drain({ relay, events }: Outage): Promise<void> {
  const isDone = () => relay.accepted.size === events && relay.queue.messages.length === 0;
  if (!(await relay.time.runUntilTrue(isDone, healsAtMs + 6 * 60 * minuteMs))) {
    throw new Error(`after six hours ${relay.queue.messages.length} messages are still on the queue`);
  }
}

const outages: [string, { readonly answer: DestinationAnswer; readonly afterMs: number }][] = [
  ['answers 503', { answer: answered(503), afterMs: 30 }],
  ['hangs', { answer: answered(200), afterMs: Number.POSITIVE_INFINITY }],
  ['refuses connections', { answer: { kind: 'unreachable', code: 'ECONNREFUSED' }, afterMs: 1 }],
  ['has a forbidden address', { answer: { kind: 'out-of-reach', address: '169.254.169.254' }, afterMs: 1 }],
  ['answers 401', { answer: answered(401), afterMs: 30 }],
  ['answers 429', { answer: answered(429), afterMs: 30 }],
  ['answers 503 with Retry-After: 20', { answer: answered(503, { 'retry-after': '20' }), afterMs: 30 }],
];

const traffic: [string, number][] = [
  ['an event a second', 1_000],
  ['an event every 40 s', 40_000],
  ['an event every ten minutes', 10 * minuteMs],
  ['one event in all', 365 * 24 * 60 * minuteMs],
];

describe.each(outages)('a destination that %s for twice the whole retry schedule', (_how, answer) => {
  test.each(traffic)('with %s', async (_rate, everyMs) => {
    const long = await outage(answer, everyMs);
    const { relay } = long;
    expect(relay.deadLetters).toEqual([]);
    expect(relay.queue.highestReceiveCount).toBeLessThan(5);

    const delivered = () => relay.posts.some(({ status, startedAtMs }) => status === 200 && startedAtMs >= healsAtMs);
    const waits = relay.queue.messages.length > 0;
    if (waits) expect(await relay.time.runUntilTrue(delivered, healsAtMs + 2 * minuteMs)).toBe(true);

    await drain(long);
    expect(relay.deadLetters).toEqual([]);
    expect(relay.violations).toEqual([]);
    expect(relay.accepted.size).toBe(long.events);
    for (const eventId of relay.accepted) expect(relay.records.read(eventId)).toMatchObject({ status: 'delivered' });
    expect(relay.highestMappingConcurrency).toBeLessThanOrEqual(10);
    expect(relay.highestConcurrency).toBeLessThanOrEqual(100);
    expect(relay.queue.highestReceiveCount).toBeLessThan(8);
  });
});

/** Answers 200 for `upMs` of each `periodMs`, and 503 for the rest of it. */
async function flapping(upMs: number, periodMs: number, everyMs: number) {
  const relay = simulatedRelay({
    retry,
    destination: (_eventId, nowMs) => ({
      answer: answered((nowMs - startMs) % periodMs < upMs ? 200 : 503),
      afterMs: 60,
    }),
  });
  for (let atMs = startMs; atMs < startMs + 6 * 60 * minuteMs; atMs += everyMs) {
    relay.time.at(atMs, () => void relay.accept(`event-${atMs}`));
  }
  await relay.time.runUntil(startMs + 6 * 60 * minuteMs);
  return relay;
}

describe('a destination that comes back for a moment now and then', () => {
  test.each([
    ['for 20 s in each 317 s, with an event every 40 s', 20_000, 317_000, 40_000],
    ['for 70 s in each 317 s, with an event every 40 s', 70_000, 317_000, 40_000],
    ['for five minutes in each ten, with an event a second', 5 * minuteMs, 10 * minuteMs, 1_000],
    ['for five minutes in each ten, with an event every ten', 5 * minuteMs, 10 * minuteMs, 10 * minuteMs],
  ])('%s: no attempt is used up by that', async (_how, upMs, periodMs, everyMs) => {
    const relay = await flapping(upMs, periodMs, everyMs);
    expect(relay.deadLetters).toEqual([]);
    expect(relay.violations).toEqual([]);
  });
});
