import { describe, expect, test } from '@jest/globals';
import { lookAfterRoute } from '../../lambdas/breaker/look-after-route.ts';
import type { BreakerState, Trial } from '../../lambdas/contract/breaker-state.ts';
import type { TrialResult } from '../../lambdas/contract/trial-call.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { pausedBreaker } from '../operator/breakers.ts';
import { type BreakerWorld, breakerWorld, watchedRoute } from '../support/breaker-world.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

const tickMs = breakerSettings.tickSeconds * 1_000;
const failed: TrialResult = { outcome: 'failed', error: 'HTTP 500', blames: 'destination' };
const answered: TrialResult = { outcome: 'answered', delivered: true };

function pausedWith(trials: Trial[], reopenNotBeforeMs = startMs): BreakerState {
  return pausedBreaker({ reason: 'failing', sinceMs: startMs - tickMs, reopenNotBeforeMs }, { trials });
}

/** One tick of a route whose mapping is as its state wants it. */
async function tick(world: BreakerWorld, state: BreakerState): Promise<BreakerState> {
  world.states.set(route, state);
  world.mapping.actual = { enabled: false };
  const next = await lookAfterRoute(watchedRoute, world.ports);
  world.clock.advance(tickMs);
  return next;
}

const triedIn = ({ calls }: BreakerWorld) => calls.filter((call) => call.startsWith('try'));

/** A world whose destination fails these events, and a copy of each event in its bucket. */
function worldWith(bad: readonly string[], ...eventIds: string[]) {
  const world = breakerWorld();
  world.destination.answer = (eventId) => (bad.includes(eventId) ? failed : answered);
  return { world, trials: eventIds.map((eventId) => world.park(`trials/${eventId}`, eventId)) };
}

const keysOf = ({ parked }: BreakerWorld) => [...parked.objects.keys()];
const turnOf = ({ trials }: BreakerState) => trials.map(({ eventId }) => eventId);

describe('an event that its destination fails keeps no route paused', () => {
  test('when it is first in turn, and the next one is answered in the same tick', async () => {
    const { world, trials } = worldWith(['bad'], 'bad', 'b', 'c');
    const next = await tick(world, pausedWith(trials));
    expect(next).toMatchObject({ phase: { kind: 'half-open' }, lastDeliveredAtMs: startMs });
    expect(triedIn(world)).toEqual(['try bad', 'try b']);
    // The next tick shows their originals, which are hidden for hours.
    expect(turnOf(next)).toEqual(['c', 'bad']);
    expect(keysOf(world)).toEqual(['trials/bad', 'trials/c']);
  });

  test('when four of them are before the one that is answered: each has its turn within three ticks', async () => {
    const bad = ['bad-1', 'bad-2', 'bad-3', 'bad-4'];
    const { world, trials } = worldWith(bad, ...bad, 'well');
    let state: BreakerState = pausedWith(trials);
    state = await tick(world, state);
    expect(turnOf(state)).toEqual(['bad-3', 'bad-4', 'well', 'bad-1', 'bad-2']);
    expect(state.phase).toMatchObject({ kind: 'open', failedTrials: 2, answered: false });
    state = await tick(world, state);
    expect(state.phase).toMatchObject({ kind: 'open', failedTrials: 4, answered: false });
    state = await tick(world, state);
    expect(state.phase.kind).toBe('half-open');
    expect(triedIn(world).at(-1)).toBe('try well');
    expect(turnOf(state)).toEqual(bad);
  });

  test('when others fail at later ticks, too: what one was answered stays true until the route may be opened', async () => {
    const { world, trials } = worldWith(['bad', 'worse'], 'b', 'bad', 'worse');
    let state: BreakerState = pausedWith(trials, startMs + 2 * tickMs);
    state = await tick(world, state);
    expect(state.phase).toMatchObject({ kind: 'open', answered: true, failedTrials: 0 });
    state = await tick(world, state);
    expect(state.phase).toMatchObject({ kind: 'open', answered: true, failedTrials: 2 });
    state = await tick(world, state);
    expect(state.phase.kind).toBe('half-open');
    expect(turnOf(state)).toEqual(['bad', 'worse']);
    expect(triedIn(world)).toEqual(['try b', 'try bad', 'try worse']);
  });
});

test('an event that never tells anything, because it kills the processor, keeps no route paused', async () => {
  const { world, trials } = worldWith([], 'fatal', 'b');
  world.destination.answer = (eventId) => (eventId === 'fatal' ? { outcome: 'unknown', error: 'crashed' } : answered);
  const state = await tick(world, await tick(world, pausedWith(trials)));
  expect(state.phase.kind).toBe('half-open');
  expect(triedIn(world)).toEqual(['try fatal', 'try b']);
});

test('events that are settled already take nobody’s turn', async () => {
  const { world, trials } = worldWith([], 'a', 'b', 'c');
  world.destination.answer = (eventId) => (eventId === 'c' ? answered : { outcome: 'not-posted' });
  expect((await tick(world, pausedWith(trials))).phase.kind).toBe('half-open');
  expect(triedIn(world)).toEqual(['try a', 'try b', 'try c']);
});

describe('a destination that is still down', () => {
  test('gets two POSTs a tick, of two different events', async () => {
    const { world, trials } = worldWith(['a', 'b', 'c'], 'a', 'b', 'c');
    const state = await tick(world, await tick(world, pausedWith(trials)));
    expect(triedIn(world)).toEqual(['try a', 'try b', 'try c', 'try a']);
    expect(state.phase).toMatchObject({ kind: 'open', failedTrials: 4, error: 'HTTP 500' });
  });

  test('gets one, where there is but one event', async () => {
    const { world, trials } = worldWith(['a'], 'a');
    const state = await tick(world, pausedWith(trials));
    expect(triedIn(world)).toEqual(['try a']);
    expect(state).toMatchObject({ phase: { failedTrials: 1 }, trials: [{ eventId: 'a' }] });
  });
});

describe('after an event that failed, a second one', () => {
  test('that was not posted is given up, and told nothing', async () => {
    const { world, trials } = worldWith(['a'], 'a', 'b');
    world.destination.answer = (eventId) => (eventId === 'a' ? failed : { outcome: 'not-posted' });
    const state = await tick(world, pausedWith(trials));
    expect(state).toMatchObject({ phase: { kind: 'open', failedTrials: 1 }, trials: [{ eventId: 'a' }] });
    expect(keysOf(world)).toEqual(['trials/a']);
  });

  test('of which nothing was learned gives its turn up, and the tick is over', async () => {
    const { world, trials } = worldWith(['a'], 'a', 'b', 'c');
    world.destination.answer = (eventId) => (eventId === 'a' ? failed : { outcome: 'unknown', error: 'too late' });
    const state = await tick(world, pausedWith(trials));
    expect(turnOf(state)).toEqual(['c', 'a', 'b']);
    expect(triedIn(world)).toEqual(['try a', 'try b']);
    expect(keysOf(world)).toHaveLength(3);
  });
});
