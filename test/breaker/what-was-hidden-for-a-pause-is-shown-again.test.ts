import { describe, expect, test } from '@jest/globals';
import { halfOpenBreaker } from '../../lambdas/breaker/advance-breaker.ts';
import { lookAfterRoute } from '../../lambdas/breaker/look-after-route.ts';
import { type BreakerState, closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { pausedBreaker } from '../operator/breakers.ts';
import { type BreakerWorld, breakerWorld, watchedRoute } from '../support/breaker-world.ts';
import { unavailable } from '../support/fail-calls.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

const tickMs = breakerSettings.tickSeconds * 1_000;

/** A route of which a pause has left copies of `a` and `b`. */
function worldWithCopies(state: BreakerState): BreakerWorld {
  const world = breakerWorld();
  const trials = [world.park('trials/a', 'a'), world.park('trials/b', 'b')];
  world.states.set(route, { ...state, trials });
  return world;
}

async function tick(world: BreakerWorld): Promise<BreakerState> {
  const state = await lookAfterRoute(watchedRoute, world.ports);
  world.clock.advance(tickMs);
  return state;
}

const halfOpen = halfOpenBreaker(pausedBreaker({ reason: 'failing', sinceMs: startMs - tickMs }), startMs);
const shown = (...eventIds: string[]) =>
  eventIds.map((eventId) => ({ receiptHandle: `message of ${eventId}`, seconds: 0 }));
const keysOf = ({ parked }: BreakerWorld) => [...parked.objects.keys()];

test('what was hidden for a pause is shown at the tick after the one that opened the route', async () => {
  const world = worldWithCopies(pausedBreaker({ reason: 'failing', sinceMs: startMs - tickMs }));
  expect(await tick(world)).toMatchObject({ phase: { kind: 'half-open' }, trials: [{ eventId: 'b' }] });
  expect(world.removed).toEqual(['message of a']);
  expect(world.hides).toEqual([]);
  expect((await tick(world)).trials).toEqual([]);
  expect(world.hides).toEqual(shown('b'));
  expect(keysOf(world)).toEqual([]);
  expect(world.states.current(route).trials).toEqual([]);
});

describe('a copy that is left', () => {
  test('is not posted: its original is received as any other event', async () => {
    const world = worldWithCopies(halfOpen);
    expect((await tick(world)).trials).toEqual([]);
    expect(world.calls.filter((call) => call.startsWith('try'))).toEqual([]);
    expect(world.hides).toEqual(shown('a', 'b'));
    expect(world.removed).toEqual([]);
    expect(keysOf(world)).toEqual([]);
  });

  test('that is gone, or cannot be deleted, is forgotten all the same', async () => {
    const world = worldWithCopies(halfOpen);
    world.parked.objects.delete('trials/a');
    const parked = { ...world.parked, delete: unavailable };
    expect((await lookAfterRoute(watchedRoute, { ...world.ports, parked })).trials).toEqual([]);
    expect(world.hides).toEqual(shown('b'));
    expect(world.steps.filter(({ step }) => step === 'fault')).toHaveLength(2);
  });

  test('is kept while SQS is down, or the bucket, and the ramp goes on', async () => {
    const world = worldWithCopies(halfOpen);
    let isDown = true;
    const hideTaken: typeof world.ports.hideTaken = (...args) =>
      isDown ? unavailable() : world.ports.hideTaken(...args);
    const kinds: string[] = [];
    do {
      kinds.push((await lookAfterRoute(watchedRoute, { ...world.ports, hideTaken })).phase.kind);
      world.clock.advance(tickMs);
    } while (kinds.at(-1) !== 'closed' && kinds.length < 10);
    expect(kinds).toEqual(['half-open', 'ramping', 'ramping', 'closed']);
    expect(world.states.current(route).trials).toHaveLength(2);
    isDown = false;
    await lookAfterRoute(watchedRoute, { ...world.ports, hideTaken });
    expect(world.states.current(route).trials).toEqual([]);
    expect(world.hides).toEqual(shown('a', 'b'));
    expect(keysOf(world)).toEqual([]);
  });
});

test('a route without copies is not written for that', async () => {
  const world = breakerWorld();
  expect(await tick(world)).toBe(closedBreaker);
  expect(world.states.writes.tried).toBe(0);
});
