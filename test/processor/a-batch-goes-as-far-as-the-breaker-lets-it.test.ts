import { describe, expect, test } from '@jest/globals';
import { noCounts } from '../../lambdas/breaker/judge-counts.ts';
import type { DestinationAnswer } from '../../lambdas/contract/ports.ts';
import { processBatch } from '../../lambdas/processor/process-batch.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { breakerIn } from '../operator/breakers.ts';
import { hangs } from '../support/fail-calls.ts';
import { memoryQueue } from '../support/memory-queue.ts';
import { batchOf, namedMessage, names, postedTo, run } from '../support/message-batch.ts';
import { processorWorld, settings } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';
import { waitUntil } from '../support/wait-until.ts';

const halfOpen = breakerIn({ kind: 'half-open', sinceMs: startMs, counts: noCounts(startMs) });
const ramping = breakerIn({ kind: 'ramping', sinceMs: startMs, step: 1, counts: noCounts(startMs) });

/** Lets a batch hang in its POSTs, and counts those. */
async function postsSideBySide(state = breakerIn({ kind: 'closed' })): Promise<number> {
  let posts = 0;
  const post = () => {
    posts += 1;
    return hangs();
  };
  const ending = Promise.withResolvers<void>();
  const world = processorWorld([], { post });
  world.breakers.set(route, state);
  const messages = names.map((name) => namedMessage(name));
  const batch = { ...batchOf(world, messages), functionEnding: ending.promise };
  const done = processBatch(world.context, batch, memoryQueue().hide);
  const before = () => posts;
  await waitUntil('the first POST', () => before() > 0);
  // All that is to come side by side comes without anything else to wait for.
  await new Promise((resolve) => setImmediate(resolve));
  ending.resolve();
  await done;
  return posts;
}

describe('a batch is posted', () => {
  test.each([
    ['all at once', 'closed', breakerIn({ kind: 'closed' }), 10],
    ['four at a time', 'ramping', ramping, 4],
    ['one at a time', 'half-open', halfOpen, 1],
  ])('%s while its route is %s', async (_how, _kind, state, width) => {
    expect(await postsSideBySide(state)).toBe(width);
  });

  test('in its order, all of it, by a half-open route that stays well', async () => {
    const world = processorWorld();
    world.breakers.set(route, halfOpen);
    expect(await run(world)).toEqual({ kept: [], hidden: {} });
    expect(postedTo(world)).toEqual(names);
    expect(world.breakers.writes).toEqual({ tried: 1, done: 1 });
  });

  test('no further than the first failure by a half-open route', async () => {
    const world = processorWorld([answered(200), answered(503)]);
    world.breakers.set(route, halfOpen);
    const { kept, hidden } = await run(world);
    expect(postedTo(world)).toEqual(['a', 'b']);
    expect(kept).toEqual(names.slice(1));
    // The first failure backs off by itself; the rest wait as those of a paused route do.
    expect(hidden).toMatchObject({ b: 4, c: 135, j: 135 });
    expect(world.records.read('c')).toBeUndefined();
    // It was only tried: that uses up no attempt, and the next POST has the same number.
    expect(world.records.read('b')).toMatchObject({ status: 'delivering', attempts: 0 });
    // One failure and one success: it goes on.
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'half-open', counts: { attempts: 2 } } });
  });

  test('no further than the step goes, by a ramping route whose events fail: they are counted as ever', async () => {
    const world = processorWorld([answered(503)]);
    world.breakers.set(route, ramping);
    await run(world);
    expect(postedTo(world)).toHaveLength(10);
    expect(world.records.read('a')).toMatchObject({ attempts: 1 });
  });
});

describe('a missing endpoint', () => {
  test.each([404, 405])(
    'answers %i to a half-open route, which keeps the event and goes no further',
    async (status) => {
      const world = processorWorld([answered(200), answered(status)]);
      world.breakers.set(route, halfOpen);
      const { kept } = await run(world);
      expect(postedTo(world)).toEqual(['a', 'b']);
      expect(kept).toEqual(names.slice(1));
      expect(world.records.read('b')).toMatchObject({ status: 'delivering', attempts: 0, lastStatus: status });
      expect(world.deadLetters).toEqual([]);
      expect(world.breakers.current(route)).toMatchObject({
        phase: { kind: 'half-open', counts: { attempts: 2, failures: 1 } },
      });
    },
  );

  test('is the refusal of one event once the route takes more of them', async () => {
    const world = processorWorld([answered(404), answered(200)]);
    world.breakers.set(route, ramping);
    expect((await run(world)).kept).toEqual([]);
    expect(world.deadLetters).toMatchObject([{ body: 'a', attributes: { Cause: { value: 'rejected' } } }]);
  });
});

describe('an answer that is meant for every event', () => {
  const stops: [string, DestinationAnswer[], number][] = [
    ['401, three in a row', Array(3).fill(answered(401)), 135],
    ['410, three in a row', Array(3).fill(answered(410)), 135],
    ['429 with a wait', [answered(429, { 'retry-after': '25' })], 38],
    ['503 with a wait', [answered(503, { 'retry-after': '25' })], 38],
  ];
  test.each(stops)(
    'keeps the events of its batch from being posted that were not yet: %s',
    async (_what, answers, seconds) => {
      // A ramping route posts four at a time, and lets each failure count: only what the answer says holds up the rest.
      const world = processorWorld([...answers, answered(200)]);
      world.breakers.set(route, ramping);
      const { kept, hidden } = await run(world);
      expect(postedTo(world)).toEqual(['a', 'b', 'c', 'd']);
      expect(kept).toEqual([...names.slice(0, answers.length), ...names.slice(4)]);
      expect(hidden).toMatchObject({ e: seconds, j: seconds });
      expect(world.records.read('e')).toBeUndefined();
    },
  );

  test('does not do so while all is well but one event, and that one refused for good', async () => {
    const world = processorWorld([answered(422), answered(200)]);
    world.breakers.set(route, halfOpen);
    expect(await run(world)).toEqual({ kept: [], hidden: {} });
    expect(postedTo(world)).toEqual(names);
  });

  test.each([
    ['401', answered(401), { phase: { kind: 'open', reason: 'unauthorized' } }],
    ['429', answered(429, { 'retry-after': '20' }), { notBeforeMs: startMs + 20_000 }],
  ])('is told before the slowest of its batch is through, and in one write: %s', async (_what, answer, state) => {
    const slow = Promise.withResolvers<DestinationAnswer>();
    const world = processorWorld([], {
      post: async ({ body }) => (Buffer.from(body).toString() === 'a' ? slow.promise : answer),
    });
    const done = run(world, [namedMessage('a'), namedMessage('b')]);
    await waitUntil('the report', () => world.breakers.writes.done > 0);
    expect(world.breakers.current(route)).toMatchObject(state);
    slow.resolve(answered(503));
    await done;
    expect(world.breakers.writes).toEqual({ tried: 1, done: 1 });
  });
});

describe('the batch that pauses its route', () => {
  test('hides what failed until the route may have been opened, and nothing else for longer', async () => {
    const world = processorWorld([], {
      post: async ({ body }) => (Buffer.from(body).toString() === 'a' ? answered(409) : answered(503)),
    });
    await run(world);
    world.clock.advance(4_000);
    const second = names.map((name) => namedMessage(name.toUpperCase()));
    const { kept, hidden } = await run(world, [namedMessage('a', { receiveCount: 2 }), ...second.slice(1)]);
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'open', reason: 'failing' } });
    expect(kept).toHaveLength(10);
    // One is in conflict with itself: it backs off alone.
    expect(hidden).toMatchObject({ B: 180, I: 180 });
    // It is tried with a copy of this one: to see the original meanwhile would only cost a receive.
    expect(hidden.J).toBe(breakerSettings.trialHideSeconds);
    expect(hidden.a).toBeLessThan(30);
  });

  test('leaves a longer backoff as it is', async () => {
    const retry = { maxAttempts: 3, baseSeconds: 3_600, capSeconds: 3_600 };
    const base = processorWorld([answered(503)]);
    const world = { ...base, context: { ...base.context, settings: { ...settings, retry } } };
    base.breakers.set(
      route,
      breakerIn({ kind: 'closed', counts: { ...noCounts(startMs), attempts: 10, failures: 10 } }),
    );
    const { hidden } = await run(world);
    expect(world.breakers.current(route)).toMatchObject({ phase: { kind: 'open' } });
    expect(hidden).toMatchObject({ a: 1_800, i: 1_800 });
  });

  test('parks the last of the events that failed, as it was received', async () => {
    const world = processorWorld([answered(503), answered(410)]);
    await run(world, [namedMessage('a'), namedMessage('b')]);
    expect(world.breakers.current(route)).toMatchObject({
      phase: { kind: 'open', reason: 'gone' },
      trials: [{ eventId: 'b' }],
    });
    const [copy] = [...world.parked.objects.values()];
    const { messageId, receiptHandle, body, attributes } = namedMessage('b');
    expect(JSON.parse(copy ?? '')).toEqual({ messageId, receiptHandle, message: { body, attributes } });
  });
});
