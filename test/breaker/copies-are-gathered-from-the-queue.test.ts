import { describe, expect, test } from '@jest/globals';
import { gatherTrials, mostTrials } from '../../lambdas/breaker/gather-trials.ts';
import { tryPausedRoute } from '../../lambdas/breaker/try-paused-route.ts';
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

function gather(world: BreakerWorld, state: PausedState) {
  return gatherTrials(state, watchedRoute, world.ports);
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
    world.queue.visible = [trialMessage('a', 2), trialMessage('b', 1)];
    const trials = [
      { key: `trials/${route}/id-1`, eventId: 'a' },
      { key: `trials/${route}/id-2`, eventId: 'b' },
    ];
    expect(await gather(world, paused())).toEqual(paused({}, { trials }));
    expect(readTrialMessage(world.parked.objects.get(`trials/${route}/id-1`) ?? '')).toEqual(trialMessage('a', 2));
    expect(readTrialMessage(world.parked.objects.get(`trials/${route}/id-2`) ?? '')).toEqual(trialMessage('b', 1));
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
    world.destination.answer = () => ({ outcome: 'failed', error: 'HTTP 502' });
    let state = paused();
    for (let minute = 0; minute < 3 * 24 * 60; minute++) {
      const next = await tryPausedRoute(state, watchedRoute, world.ports);
      if (!isPaused(next)) throw new Error('the route was opened');
      state = next;
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
    expect(next.phase.furtherLooks).toBe(furtherLooks + 1);
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
    const ports = { ...world.ports, parked: { ...world.parked, put: unavailable } };
    expect(await gatherTrials(paused({ vainLooks: 0 }), watchedRoute, ports)).toEqual(paused({ vainLooks: 1 }));
    expect(world.steps).toMatchObject([{ step: 'fault', route, during: 'gathering events to try' }]);
    expect(world.hides).toEqual([]);
  });

  test('half way leaves what was parked until then', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a'), trialMessage('b')];
    const state = await gatherTrials(paused(), watchedRoute, { ...world.ports, hideTaken: unavailable });
    expect(state).toMatchObject({ phase: { vainLooks: 1 }, trials: [{ eventId: 'a' }] });
    expect(world.parked.objects.size).toBe(1);
  });

  test('because the queue is down is left to the next tick', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a')];
    const ports = { ...world.ports, takeSome: unavailable };
    await expect(gatherTrials(paused(), watchedRoute, ports)).rejects.toThrow('the service is down');
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
    let state = paused();
    for (let minute = 0; minute < 3 * 24 * 60; minute++) {
      state = await gatherTrials(state, watchedRoute, ports);
      world.clock.advance(tickMs);
    }
    expect(world.calls.length).toBeLessThanOrEqual(13);
  });
});
