import { describe, expect, test } from '@jest/globals';
import type { ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import { breakerIn, pausedBreaker } from '../operator/breakers.ts';
import { unavailable } from '../support/fail-calls.ts';
import { namedMessage, names, postedTo, run } from '../support/message-batch.ts';
import { functionTimeoutMs, type ProcessorWorld, processorWorld, settings } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

describe('a wait that the destination asked for', () => {
  function waiting(waitMs: number, changes: Partial<ProcessorContext> = {}) {
    const world = processorWorld([answered(200)], changes);
    world.breakers.set(route, breakerIn({ kind: 'closed' }, { notBeforeMs: startMs + waitMs }));
    return world;
  }

  /** Function time, less a POST's timeout, less what is needed around it. */
  const longestMs = functionTimeoutMs - settings.timeoutMs - 5_000;

  test('is waited for inside the function when there is time for a POST after it', async () => {
    const world = waiting(longestMs);
    expect(await run(world)).toEqual({ kept: [], hidden: {} });
    expect(postedTo(world)).toEqual(names);
    expect(world.clock.now()).toBe(startMs + longestMs);
  });

  test.each([
    ['at once', 0, 0],
    ['within five seconds', 1 - Number.EPSILON, 5_000],
    ['half way', 0.5, 2_500],
  ])('ends for every processor at a moment of its own: %s', async (_when, dice, laterMs) => {
    const world = waiting(longestMs - 6_000, { random: () => dice });
    await run(world);
    expect(postedTo(world)).toEqual(names);
    expect(world.clock.now() - startMs - (longestMs - 6_000)).toBeCloseTo(laterMs, 3);
  });

  test('ends no later than the last moment for a POST', async () => {
    const world = waiting(longestMs - 1_000, { random: () => 0.5 });
    await run(world);
    expect(postedTo(world)).toEqual(names);
    expect(world.clock.now()).toBe(startMs + longestMs - 500);
  });

  test('is held for as long as it lasts otherwise, and what follows it is spread', async () => {
    const world = waiting(longestMs + 1);
    const { kept, hidden } = await run(world);
    expect(postedTo(world)).toEqual([]);
    expect(kept).toEqual(names);
    expect(world.clock.now()).toBe(startMs + longestMs + 1);
    expect(hidden).toMatchObject({ a: 0, j: 0 });
  });

  test('is handed back when it is longer than the function may run, spread over half of it again', async () => {
    const world = waiting(82_000);
    const { hidden } = await run(world);
    expect(world.clock.now()).toBe(startMs + functionTimeoutMs - 3_000);
    // 60 s are left, and half of a minute at most for the spread: the dice show 0.5.
    expect(hidden).toMatchObject({ a: 90, j: 90 });
    expect(world.steps).toContainEqual({
      step: 'waiting',
      route,
      eventId: 'a',
      inSeconds: 90,
      why: 'destination-asked-to-wait',
    });
    expect(world.records.read('a')).toBeUndefined();
  });

  test('that grew meanwhile is not cut short', async () => {
    const world: ProcessorWorld = waiting(5_000, {
      sleep: async (milliseconds) => {
        world.breakers.set(route, breakerIn({ kind: 'closed' }, { notBeforeMs: startMs + 60_000 }));
        world.clock.advance(milliseconds);
      },
    });
    await run(world);
    expect(postedTo(world)).toEqual([]);
  });
});

describe('a batch of a paused route', () => {
  const paused = pausedBreaker({ reason: 'failing', sinceMs: startMs });

  test.each([
    ['least', 0, 90],
    ['most', 1 - Number.EPSILON, 180],
  ])(
    'is held for the function, unclaimed and unposted, and then hidden for %s 90 to 180 s',
    async (_what, dice, seconds) => {
      const world = processorWorld([], { random: () => dice });
      world.breakers.set(route, paused);
      const { kept, hidden } = await run(world);
      expect(kept).toEqual(names);
      expect(hidden).toMatchObject({ a: seconds, j: seconds });
      expect(world.clock.now()).toBe(startMs + functionTimeoutMs - 3_000);
      expect(postedTo(world)).toEqual([]);
      expect(world.records.read('a')).toBeUndefined();
      expect(world.breakers.writes.tried).toBe(0);
      expect(world.steps[0]).toMatchObject({ step: 'waiting', why: 'route-paused', inSeconds: seconds });
    },
  );

  test('is set aside at once, neither held nor posted nor hidden, while the route is evacuated', async () => {
    const world = evacuated();
    const { kept, hidden } = await run(world);
    expect(kept).toEqual([]);
    expect(hidden).toEqual({});
    expect(world.clock.now()).toBe(startMs);
    expect(postedTo(world)).toEqual([]);
    expect(world.deadLetters).toHaveLength(names.length);
    expect(world.deadLetters[0]).toMatchObject({ body: 'a', attributes: { Cause: { value: 'retention-reached' } } });
    expect(world.steps[0]).toEqual({
      step: 'dead-letter',
      route,
      eventId: 'a',
      attempt: 0,
      cause: 'retention-reached',
      error: 'its route is paused for too long',
    });
  });

  test('stays on the queue, for a moment, where the dead letter queue does not take it', async () => {
    const world = evacuated({ sendToDeadLetters: unavailable });
    const { kept, hidden } = await run(world, [namedMessage('a')]);
    expect(kept).toEqual(['a']);
    // The event is claimed, and cannot be set aside by anybody before the lease ends.
    expect(hidden).toEqual({ a: settings.leaseMs / 1_000 + 1 });
    expect(world.steps).toMatchObject([{ step: 'fault', eventId: 'a', during: 'setting the event aside' }]);
  });

  function evacuated(changes: Partial<ProcessorContext> = {}) {
    const world = processorWorld([], changes);
    world.breakers.set(route, { ...paused, heldBackSinceMs: startMs - settings.queueRetentionMs / 2 });
    return world;
  }
});
