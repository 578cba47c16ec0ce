import { describe, expect, test } from '@jest/globals';
import type { BreakerPorts } from '../../lambdas/breaker/breaker-ports.ts';
import { gatherTrials, mostTrials } from '../../lambdas/breaker/gather-trials.ts';
import { lookAfterRoute } from '../../lambdas/breaker/look-after-route.ts';
import {
  type BreakerState,
  isPaused,
  type OpenPhase,
  type PausedState,
  type Trial,
} from '../../lambdas/contract/breaker-state.ts';
import { readTrialMessage } from '../../lambdas/contract/parked-message.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { pausedBreaker } from '../operator/breakers.ts';
import { type BreakerWorld, breakerWorld, trialMessage, watchedRoute } from '../support/breaker-world.ts';
import { unavailable } from '../support/fail-calls.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

const tickMs = breakerSettings.tickSeconds * 1_000;
const sevenEvents = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((eventId) => trialMessage(eventId));

function paused(phase: Partial<OpenPhase> = {}, others: Partial<BreakerState> = {}): PausedState {
  const state = pausedBreaker({ reason: 'failing', sinceMs: startMs, ...phase }, others);
  if (!isPaused(state)) throw new Error('the route is not paused');
  return state;
}

/** One look, at a state that is stored. */
function gather(world: BreakerWorld, state: PausedState, changes: Partial<BreakerPorts> = {}) {
  world.states.set(route, state);
  return gatherTrials(state, watchedRoute, { ...world.ports, ...changes });
}

/** So many copies of other events than those on the queue. */
function copies(world: BreakerWorld, count: number): Trial[] {
  return [...Array(count)].map((_, index) => world.park(`trials/${index}`, `event-${index}`));
}

const hidden = (...eventIds: string[]) =>
  eventIds.map((eventId) => ({ receiptHandle: `message of ${eventId}`, seconds: breakerSettings.trialHideSeconds }));

describe('the events that a paused route is tried with', () => {
  test('are taken from the queue and parked, and each original is hidden for long', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a'), trialMessage('b')];
    const trials = [
      { key: `trials/${route}/id-1`, eventId: 'a' },
      { key: `trials/${route}/id-2`, eventId: 'b' },
    ];
    const state = { ...paused({}, { trials }), version: 2 };
    expect(await gather(world, paused())).toEqual(state);
    expect(world.states.current(route)).toEqual(state);
    expect(readTrialMessage(world.parked.objects.get(`trials/${route}/id-1`) ?? '')).toEqual(trialMessage('a'));
    expect(readTrialMessage(world.parked.objects.get(`trials/${route}/id-2`) ?? '')).toEqual(trialMessage('b'));
    expect(world.hides).toEqual(hidden('a', 'b'));
  });

  test('are five at first, those at hand among them', async () => {
    const world = breakerWorld();
    world.queue.visible = [...sevenEvents];
    const atHand = [world.park('trials/x', 'x'), world.park('trials/y', 'y')];
    const { trials } = await gather(world, paused({}, { trials: atHand }));
    expect(trials.map(({ eventId }) => eventId)).toEqual(['x', 'y', 'a', 'b', 'c']);
    expect(world.calls).toEqual(['take 3']);
    expect(world.hides).toEqual(hidden('a', 'b', 'c'));
  });

  test.each([5, 6])('are no more than %i that are at hand already', async (count) => {
    const world = breakerWorld();
    world.queue.visible = [...sevenEvents];
    const state = paused({ failedTrials: 9 }, { trials: copies(world, count) });
    expect(await gather(world, state)).toBe(state);
    expect(world.calls).toEqual([]);
  });

  test('are hidden only once their copies are stored: a crash before that delays none of them', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a')];
    const states = { ...world.states, replace: unavailable };
    await expect(gather(world, paused(), { states })).rejects.toThrow('the service is down');
    expect(world.hides).toEqual([]);
  });

  test('are not hidden where somebody else has changed the state, which does not hold their copies', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a')];
    const theirs = { ...paused({ error: 'HTTP 500' }), version: 2 };
    const states = { ...world.states, replace: async () => theirs };
    expect(await gather(world, paused(), { states })).toBe(theirs);
    expect(world.hides).toEqual([]);
  });

  test('are received while they are tried where they cannot be hidden', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a'), trialMessage('b')];
    const { trials } = await gather(world, paused(), { hideTaken: unavailable });
    expect(trials.map(({ eventId }) => eventId)).toEqual(['a', 'b']);
    expect(world.steps).toMatchObject([
      { step: 'fault', eventId: 'a', during: 'hiding an event that is tried' },
      { step: 'fault', eventId: 'b', during: 'hiding an event that is tried' },
    ]);
  });

  test('are held by their latest receipt', async () => {
    const world = breakerWorld();
    const again = { ...trialMessage('a'), receiptHandle: 'second receipt' };
    world.queue.visible = [again];
    await gather(world, paused({}, { trials: [world.park('trials/a', 'a')] }));
    expect(readTrialMessage(world.parked.objects.get('trials/a') ?? '')).toEqual(again);
  });

  test('are never copied twice: what comes once more is only hidden', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a'), trialMessage('b'), trialMessage('b')];
    const { trials } = await gather(world, paused({}, { trials: [world.park('trials/a', 'a')] }));
    expect(trials.map(({ eventId }) => eventId)).toEqual(['a', 'b']);
    expect(world.parked.objects.size).toBe(2);
    expect(world.hides).toEqual(hidden('a', 'b', 'b'));
  });

  test('are not taken from an empty queue: that look costs nothing, and does not count', async () => {
    const world = breakerWorld();
    world.queue.hidden = 3;
    const state = paused();
    expect(await gather(world, state)).toBe(state);
    expect(world.calls).toEqual([]);
  });

  test('cost no message more than one receive, however long a pause is', async () => {
    const world = breakerWorld();
    world.queue.visible = [...sevenEvents];
    world.destination.answer = () => ({ outcome: 'failed', error: 'HTTP 502', blames: 'destination' });
    world.states.set(route, paused());
    for (let minute = 0; minute < 3 * 24 * 60; minute++) {
      expect((await lookAfterRoute(watchedRoute, world.ports)).phase.kind).toBe('open');
      world.clock.advance(tickMs);
    }
    expect(world.hides).toEqual(hidden('a', 'b', 'c', 'd', 'e', 'f', 'g'));
  });
});

describe('when all copies at hand have failed, further ones', () => {
  test.each([
    [0, 10],
    [1, 20],
    [3, 80],
  ])('after %i such looks are taken after %i failed trials, and have their turn first', async (furtherLooks, due) => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a'), trialMessage('b')];
    const trials = copies(world, 5);
    const early = paused({ furtherLooks, failedTrials: due - 1 }, { trials });
    expect(await gather(world, early)).toBe(early);
    const next = await gather(world, paused({ furtherLooks, failedTrials: due }, { trials }));
    expect(world.calls).toEqual(['take 5']);
    expect(next.phase).toMatchObject({ furtherLooks: furtherLooks + 1 });
    expect(next.trials.slice(0, 2)).toMatchObject([{ eventId: 'a' }, { eventId: 'b' }]);
    expect(next.trials.slice(2)).toEqual(trials);
  });

  test.each([
    [mostTrials - 2, ['take 2']],
    [mostTrials, []],
    [mostTrials + 1, []],
  ])('are taken up to a limit: beside %i', async (count, calls) => {
    const world = breakerWorld();
    world.queue.visible = [...sevenEvents];
    const next = await gather(world, paused({ failedTrials: 1_000 }, { trials: copies(world, count) }));
    expect(world.calls).toEqual(calls);
    expect(next.trials).toHaveLength(Math.max(count, mostTrials));
  });
});

describe('a look that fails', () => {
  test('because the bucket is down counts: its receives are spent', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a')];
    const parked = { ...world.parked, put: unavailable };
    const state = await gather(world, paused({ vainLooks: 0 }), { parked });
    expect(state).toEqual({ ...paused({ vainLooks: 1 }), version: 2 });
    expect(world.steps).toMatchObject([{ step: 'fault', route, during: 'gathering events to try' }]);
    expect(world.hides).toEqual([]);
  });

  test('half way leaves what was parked until then', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a'), trialMessage('b')];
    let puts = 0;
    const put: BreakerPorts['parked']['put'] = (...args) => (puts++ === 0 ? world.parked.put(...args) : unavailable());
    const state = await gather(world, paused(), { parked: { ...world.parked, put } });
    expect(state).toMatchObject({ phase: { vainLooks: 1 }, trials: [{ eventId: 'a' }] });
    expect(world.hides).toEqual(hidden('a'));
  });

  test('because the queue is down is left to the next tick', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a')];
    await expect(gather(world, paused(), { takeSome: unavailable })).rejects.toThrow('the service is down');
  });

  test.each([
    [1, 1],
    [2, 3],
    [5, 31],
  ])('doubles the distance to the next: after %i not before %i ticks of the pause', async (vainLooks, ticks) => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a')];
    world.clock.advance(ticks * tickMs - 1);
    await gather(world, paused({ vainLooks }));
    expect(world.calls).toEqual([]);
    world.clock.advance(1);
    await gather(world, paused({ vainLooks }));
    expect(world.calls).toEqual(['take 5']);
  });

  test('is made a dozen times at most in a pause of days', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a')];
    const ports = { ...world.ports, parked: { ...world.parked, put: unavailable } };
    world.states.set(route, paused());
    for (let minute = 0; minute < 3 * 24 * 60; minute++) {
      await lookAfterRoute(watchedRoute, ports);
      world.clock.advance(tickMs);
    }
    expect(world.calls.filter((call) => call.startsWith('take')).length).toBeLessThanOrEqual(13);
  });
});
