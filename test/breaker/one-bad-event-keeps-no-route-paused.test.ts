import { describe, expect, test } from '@jest/globals';
import { tryPausedRoute } from '../../lambdas/breaker/try-paused-route.ts';
import { type BreakerState, isPaused, type PausedState, type Trial } from '../../lambdas/contract/breaker-state.ts';
import type { TrialResult } from '../../lambdas/contract/trial-call.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { pausedBreaker } from '../operator/breakers.ts';
import { type BreakerWorld, breakerWorld, trialMessage, watchedRoute } from '../support/breaker-world.ts';
import { startMs } from '../support/settable-clock.ts';

const tickMs = breakerSettings.tickSeconds * 1_000;
const failed: TrialResult = { outcome: 'failed', error: 'HTTP 500' };
const answered: TrialResult = { outcome: 'answered' };

function pausedWith(trials: Trial[], reopenNotBeforeMs = startMs): PausedState {
  return asPaused(pausedBreaker({ reason: 'failing', sinceMs: startMs - tickMs, reopenNotBeforeMs }, { trials }));
}

function asPaused(state: BreakerState): PausedState {
  if (!isPaused(state)) throw new Error('the route is not paused');
  return state;
}

async function tick(world: BreakerWorld, state: BreakerState): Promise<BreakerState> {
  const next = await tryPausedRoute(asPaused(state), watchedRoute, world.ports);
  world.clock.advance(tickMs);
  return next;
}

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
    expect(next).toMatchObject({ phase: { kind: 'half-open' }, deliveredSinceHalt: true });
    expect(world.calls).toEqual(['try bad', 'try b']);
    // They are delivered at the next tick, or were: their originals are hidden for hours.
    expect(turnOf(next)).toEqual(['c', 'bad']);
    expect(keysOf(world)).toEqual(['trials/bad', 'trials/c']);
  });

  test('when the next one is still on the queue', async () => {
    const { world, trials } = worldWith(['bad'], 'bad');
    world.queue.visible = [trialMessage('b')];
    const next = await tick(world, pausedWith(trials));
    expect(next.phase.kind).toBe('half-open');
    expect(world.calls).toEqual(['take 4', 'try bad', 'try b']);
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
    expect(world.calls.at(-1)).toBe('try well');
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
    expect(world.calls).toEqual(['try b', 'try bad', 'try worse']);
  });
});

describe('a destination that is still down', () => {
  test('gets two POSTs a tick, of two different events', async () => {
    const { world, trials } = worldWith(['a', 'b', 'c'], 'a', 'b', 'c');
    const state = await tick(world, await tick(world, pausedWith(trials)));
    expect(world.calls).toEqual(['try a', 'try b', 'try c', 'try a']);
    expect(state.phase).toMatchObject({ kind: 'open', failedTrials: 4, error: 'HTTP 500' });
  });

  test('gets one, where there is but one event', async () => {
    const { world, trials } = worldWith(['a'], 'a');
    const state = await tick(world, pausedWith(trials));
    expect(world.calls).toEqual(['try a']);
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

  test('of which nothing was learned keeps its turn', async () => {
    const { world, trials } = worldWith(['a'], 'a', 'b', 'c');
    world.destination.answer = (eventId) => (eventId === 'a' ? failed : { outcome: 'unknown', error: 'too late' });
    const state = await tick(world, pausedWith(trials));
    expect(turnOf(state)).toEqual(['b', 'c', 'a']);
    expect(world.calls).toEqual(['try a', 'try b']);
    expect(keysOf(world)).toHaveLength(3);
  });
});
