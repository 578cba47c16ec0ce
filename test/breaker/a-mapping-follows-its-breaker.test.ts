import { describe, expect, test } from '@jest/globals';
import { halfOpenBreaker } from '../../lambdas/breaker/advance-breaker.ts';
import { lookAfterRoute } from '../../lambdas/breaker/look-after-route.ts';
import { type BreakerState, closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { breakerSettings, queueRetentionSeconds } from '../../lib/infra/timings.ts';
import { pausedBreaker } from '../operator/breakers.ts';
import { type BreakerWorld, breakerWorld, watchedRoute } from '../support/breaker-world.ts';
import { unavailable } from '../support/fail-calls.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

const tickMs = breakerSettings.tickSeconds * 1_000;
const off = { enabled: false } as const;
const on = (concurrency: number) => ({ enabled: true, concurrency }) as const;

const paused = pausedBreaker({ reason: 'failing', sinceMs: startMs, reopenNotBeforeMs: startMs });

function tick(world: BreakerWorld): Promise<BreakerState> {
  return lookAfterRoute(watchedRoute, world.ports);
}

/** A world in which this state is stored. */
function worldWith(state: BreakerState): BreakerWorld {
  const world = breakerWorld();
  world.states.set(route, state);
  return world;
}

describe('the mapping of a paused route', () => {
  test('is switched off before the trial: that takes a while', async () => {
    const world = breakerWorld();
    const trial = world.park('trials/a', 'a');
    world.states.set(route, pausedBreaker({ reason: 'failing', sinceMs: startMs }, { trials: [trial] }));
    world.destination.answer = () => ({ outcome: 'failed', error: 'HTTP 500', blames: 'destination' });
    await tick(world);
    expect(world.calls).toEqual(['switch off', 'try a']);
    expect(world.mapping.actual).toEqual(off);
  });

  test('is switched on in the tick that opens the route, for as few as may be', async () => {
    const world = worldWith(paused);
    world.mapping.actual = off;
    expect(await tick(world)).toMatchObject({ phase: { kind: 'half-open' } });
    expect(world.calls).toEqual(['switch on for 2']);
    expect(world.steps).toEqual([{ step: 'breaker', route, from: 'open', to: 'half-open' }]);
  });

  test('is switched off although the trial is put off', async () => {
    const world = worldWith(pausedBreaker({ reason: 'operator', sinceMs: startMs }));
    await tick(world);
    expect(world.calls).toEqual(['switch off']);
    expect(world.states.writes.tried).toBe(0);
  });

  test('is on for all there may be while the route is evacuated: nothing is posted', async () => {
    const world = worldWith(pausedBreaker({ reason: 'operator', sinceMs: startMs }));
    world.mapping.actual = off;
    world.clock.advance((queueRetentionSeconds * 1_000) / 2 - 1);
    await tick(world);
    expect(world.calls).toEqual([]);
    world.clock.advance(1);
    await tick(world);
    expect(world.calls).toEqual(['switch on for 10']);
  });
});

describe('the mapping of a route that is not paused', () => {
  test('follows the ramp tick by tick, up to the configured concurrency', async () => {
    const world = worldWith(halfOpenBreaker(paused, startMs));
    world.mapping.actual = on(2);
    const seen: unknown[] = [];
    for (let minute = 0; minute < 4; minute++) {
      world.clock.advance(tickMs);
      seen.push([(await tick(world)).phase.kind, world.mapping.actual]);
    }
    expect(seen).toEqual([
      ['ramping', on(2)],
      ['ramping', on(3)],
      ['closed', on(10)],
      ['closed', on(10)],
    ]);
    expect(world.calls).toEqual(['switch on for 3', 'switch on for 10']);
    expect(world.states.current(route)).toMatchObject({ version: 5, phase: { kind: 'closed' } });
    expect(world.steps).toMatchObject([
      { from: 'half-open', to: 'ramping' },
      { from: 'ramping', to: 'closed' },
    ]);
  });

  test.each([
    ['off', off],
    ['on for fewer', on(2)],
    ['on for more', on(50)],
  ])('is mended when it is %s, although nothing is wrong with the route', async (_what, actual) => {
    const world = breakerWorld();
    world.mapping.actual = actual;
    expect(await tick(world)).toBe(closedBreaker);
    expect(world.mapping.actual).toEqual(on(10));
    expect(world.states.writes.tried).toBe(0);
  });

  test('is left alone when it is as it should be', async () => {
    const world = breakerWorld();
    await tick(world);
    expect(world.calls).toEqual([]);
  });
});

test('a mapping that Lambda is still changing is left alone until the next tick', async () => {
  const world = worldWith(pausedBreaker({ reason: 'operator', sinceMs: startMs }));
  world.mapping.actual = 'changing';
  await tick(world);
  expect(world.calls).toEqual([]);
  world.mapping.actual = on(10);
  await tick(world);
  expect(world.calls).toEqual(['switch off']);
});

describe('a change that a processor made meanwhile', () => {
  /** Stores a state just before the tick stores its own. */
  async function tickAgainst(stored: BreakerState, theirs: BreakerState) {
    const world = worldWith(stored);
    const { replace } = world.states;
    const states = {
      ...world.states,
      replace: async (name: string, next: BreakerState) => {
        world.states.set(route, theirs);
        return replace(name, next);
      },
    };
    return { world, state: await lookAfterRoute(watchedRoute, { ...world.ports, states }) };
  }

  test('holds: a route that it paused while the ramp went on is switched off', async () => {
    const halfOpen = halfOpenBreaker({ ...paused, version: 4 }, startMs - tickMs);
    const theirs = { ...paused, version: halfOpen.version + 1 };
    const { world, state } = await tickAgainst(halfOpen, theirs);
    expect(state).toEqual(theirs);
    expect(world.states.current(route)).toEqual(theirs);
    expect(world.calls).toEqual(['switch off']);
    expect(world.steps).toEqual([]);
  });

  test('holds: a resume by hand switches the mapping on', async () => {
    const trial = { key: 'trials/a', eventId: 'a' };
    const stored = pausedBreaker({ reason: 'failing', sinceMs: startMs }, { trials: [trial] });
    const theirs = halfOpenBreaker(stored, startMs);
    const { world, state } = await tickAgainst(stored, theirs);
    expect(state).toEqual(theirs);
    expect(world.calls).toEqual(['switch off', 'switch on for 2']);
  });

  test('holds: what it told of a route that is still paused is not overwritten', async () => {
    const stored = pausedBreaker({ reason: 'failing', sinceMs: startMs });
    const theirs = { ...stored, version: stored.version + 1, notBeforeMs: startMs + 3_600_000 };
    const { world, state } = await tickAgainst(stored, theirs);
    expect(state).toEqual(theirs);
    expect(world.states.current(route)).toEqual(theirs);
    expect(world.calls).toEqual(['switch off']);
  });
});

test('a tick of several steps is one change', async () => {
  const world = breakerWorld();
  const trial = world.park('trials/a', 'a');
  world.states.set(route, pausedBreaker({ reason: 'failing', sinceMs: startMs }, { trials: [trial] }));
  await tick(world);
  expect(world.states.current(route)).toMatchObject({ version: 2, phase: { kind: 'half-open' } });
  expect(world.states.writes).toEqual({ tried: 1, done: 1 });
});

test('a tick without DynamoDB, or without Lambda, says so and leaves the rest to the next one', async () => {
  const world = worldWith(pausedBreaker({ reason: 'operator', sinceMs: startMs }));
  const states = { ...world.states, read: unavailable };
  await expect(lookAfterRoute(watchedRoute, { ...world.ports, states })).rejects.toThrow('the service is down');
  const mappings = { ...world.ports.mappings, read: unavailable };
  await expect(lookAfterRoute(watchedRoute, { ...world.ports, mappings })).rejects.toThrow('the service is down');
});
