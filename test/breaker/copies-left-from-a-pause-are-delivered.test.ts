import { describe, expect, test } from '@jest/globals';
import { halfOpenBreaker } from '../../lambdas/breaker/advance-breaker.ts';
import { lookAfterRoute } from '../../lambdas/breaker/look-after-route.ts';
import { type BreakerState, closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import type { TrialResult } from '../../lambdas/contract/trial-call.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { pausedBreaker } from '../operator/breakers.ts';
import { type BreakerWorld, breakerWorld, watchedRoute } from '../support/breaker-world.ts';
import { unavailable } from '../support/fail-calls.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

const tickMs = breakerSettings.tickSeconds * 1_000;
const failed: TrialResult = { outcome: 'failed', error: 'HTTP 500' };

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
const tries = ({ calls }: BreakerWorld) => calls.filter((call) => call.startsWith('try'));
const keysOf = ({ parked }: BreakerWorld) => [...parked.objects.keys()];

test('copies are delivered at the tick after the one that opened the route', async () => {
  const world = worldWithCopies(pausedBreaker({ reason: 'failing', sinceMs: startMs - tickMs }));
  expect(await tick(world)).toMatchObject({ phase: { kind: 'half-open' }, trials: [{ eventId: 'b' }] });
  expect(tries(world)).toEqual(['try a']);
  expect((await tick(world)).trials).toEqual([]);
  expect(tries(world)).toEqual(['try a', 'try b']);
  expect(keysOf(world)).toEqual([]);
  expect(world.states.current(route).trials).toEqual([]);
});

describe('a copy of a route that is reopened', () => {
  test.each<TrialResult>([{ outcome: 'answered' }, { outcome: 'not-posted' }, failed])(
    'is forgotten after one trial: $outcome',
    async (result) => {
      const world = worldWithCopies(halfOpen);
      world.destination.answer = () => result;
      expect((await tick(world)).trials).toEqual([]);
      expect(tries(world)).toEqual(['try a', 'try b']);
      expect(keysOf(world)).toEqual([]);
    },
  );

  test('is kept when nothing was learned, however often: its original is hidden for hours', async () => {
    const world = worldWithCopies(halfOpen);
    let isLearned = false;
    world.destination.answer = (eventId) =>
      eventId === 'a' && !isLearned ? { outcome: 'unknown', error: 'too late' } : { outcome: 'answered' };
    const kinds: string[] = [];
    do kinds.push((await tick(world)).phase.kind);
    while (kinds.at(-1) !== 'closed' && kinds.length < 10);
    expect(kinds).toEqual(['half-open', 'ramping', 'ramping', 'closed']);
    expect(world.states.current(route).trials).toEqual([{ key: 'trials/a', eventId: 'a' }]);
    isLearned = true;
    expect((await tick(world)).trials).toEqual([]);
    expect(keysOf(world)).toEqual([]);
  });

  test('is not posted before the moment that the destination asked for', async () => {
    const world = worldWithCopies({ ...halfOpen, notBeforeMs: startMs + tickMs });
    expect((await tick(world)).trials).toHaveLength(2);
    expect(tries(world)).toEqual([]);
    expect((await tick(world)).trials).toEqual([]);
    expect(tries(world)).toEqual(['try a', 'try b']);
  });
});

test('a copy that cannot be deleted is forgotten all the same', async () => {
  const world = worldWithCopies(halfOpen);
  const parked = { ...world.parked, delete: unavailable };
  expect((await lookAfterRoute(watchedRoute, { ...world.ports, parked })).trials).toEqual([]);
  expect(world.steps.filter(({ step }) => step === 'fault')).toHaveLength(2);
});

test('a route without copies is not written for that', async () => {
  const world = breakerWorld();
  expect(await tick(world)).toBe(closedBreaker);
  expect(world.states.writes.tried).toBe(0);
});
