import { describe, expect, test } from '@jest/globals';
import { lookForEvent } from '../../lambdas/breaker/look-for-event.ts';
import { tryPausedRoute } from '../../lambdas/breaker/try-paused-route.ts';
import { isPaused, type OpenPhase, type PausedState } from '../../lambdas/contract/breaker-state.ts';
import { readTrialMessage } from '../../lambdas/contract/parked-message.ts';
import type { TrialResult } from '../../lambdas/contract/trial-call.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { pausedBreaker } from '../operator/breakers.ts';
import { type BreakerWorld, breakerWorld, trialMessage, watchedRoute } from '../support/breaker-world.ts';
import { unavailable } from '../support/fail-calls.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

const tickMs = breakerSettings.tickSeconds * 1_000;
const failed: TrialResult = { outcome: 'failed', error: 'HTTP 502' };

function paused(phase: Partial<OpenPhase> = {}): PausedState {
  const state = pausedBreaker({ reason: 'failing', sinceMs: startMs, ...phase });
  if (!isPaused(state)) throw new Error('the route is not paused');
  return state;
}

function look(world: BreakerWorld, state: PausedState) {
  return lookForEvent(state, watchedRoute, world.ports);
}

describe('the event that a paused route is tried with', () => {
  test('is the latest on the queue, and is parked for later trials', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a', 2), trialMessage('c', 3), trialMessage('b', 1)];
    const trial = { key: `trials/${route}/id-1`, eventId: 'c' };
    expect(await look(world, paused())).toEqual({ state: paused({ looks: 1 }), trial });
    expect(readTrialMessage(world.parked.objects.get(trial.key) ?? '')).toEqual(trialMessage('c', 3));
  });

  test('is none that it was tried with already', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a', 2), trialMessage('c', 3), trialMessage('b', 1)];
    expect(await look(world, paused({ tried: ['c', 'a'] }))).toMatchObject({ trial: { eventId: 'b' } });
    const none = await look(world, paused({ tried: ['c', 'a', 'b'] }));
    expect(none).toEqual({ state: paused({ tried: ['c', 'a', 'b'], looks: 1 }) });
  });

  test('is not looked for on an empty queue: that look costs nothing, and does not count', async () => {
    const world = breakerWorld();
    world.queue.hidden = 3;
    const state = paused();
    expect(await look(world, state)).toEqual({ state });
    expect(world.calls).toEqual([]);
  });

  test('is not looked for where the copy at hand may be of the only one', async () => {
    const world = breakerWorld();
    const state = paused({ trial: { key: 'trials/a', eventId: 'a' }, tried: ['a'] });
    world.queue.visible = [trialMessage('a')];
    expect(await look(world, state)).toEqual({ state });
    world.queue.visible = [trialMessage('a'), trialMessage('b')];
    expect(await look(world, state)).toMatchObject({ trial: { eventId: 'b' } });
  });

  test.each([
    ['the bucket', (world: BreakerWorld) => ({ parked: { ...world.parked, put: unavailable } })],
    ['the queue', () => ({ copySome: unavailable })],
  ])('is not found while %s is down, and the look counts: its receives may be spent', async (_what, down) => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a')];
    const ports = { ...world.ports, ...down(world) };
    expect(await lookForEvent(paused(), watchedRoute, ports)).toEqual({ state: paused({ looks: 1 }) });
    expect(world.steps).toMatchObject([{ step: 'fault', route, during: 'looking for an event to try' }]);
  });
});

describe('the queue is looked at', () => {
  const trial = { key: 'trials/a', eventId: 'a' };

  async function looks(phase: Partial<OpenPhase>, afterMs = 0): Promise<boolean> {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('b'), trialMessage('c')];
    world.clock.advance(afterMs);
    await look(world, paused(phase));
    return world.calls.length > 0;
  }

  test.each([
    [1, 2],
    [2, 4],
    [5, 32],
  ])('without an event at hand, after %i looks not before %i ticks of the pause', async (already, ticks) => {
    expect(await looks({ looks: already }, ticks * tickMs - 1)).toBe(false);
    expect(await looks({ looks: already }, ticks * tickMs)).toBe(true);
  });

  test.each([
    [1, 120],
    [2, 480],
    [3, 1_920],
  ])('with one at hand, after %i looks not before %i failed trials', async (already, failedTrials) => {
    expect(await looks({ looks: already, trial, failedTrials: failedTrials - 1 }, 1e9)).toBe(false);
    expect(await looks({ looks: already, trial, failedTrials })).toBe(true);
  });

  test('a dozen times at most in a pause of days', async () => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a')];
    world.destination.answer = () => ({ outcome: 'not-posted' });
    let state = paused();
    for (let minute = 0; minute < 3 * 24 * 60; minute++) {
      const next = await tryPausedRoute(state, watchedRoute, world.ports);
      if (next.phase.kind !== 'open') throw new Error('the route was opened');
      state = { ...next, phase: next.phase };
      world.clock.advance(tickMs);
    }
    expect(world.calls.filter((call) => call === 'copy some').length).toBeLessThanOrEqual(13);
  });
});

describe('when the event at hand fails, a second one', () => {
  /** The first event always fails. */
  async function tickWith(second: TrialResult) {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('a'), trialMessage('b', startMs + 1)];
    world.destination.answer = (eventId) => (eventId === 'a' ? failed : second);
    const state = paused({ trial: world.park('trials/a', 'a') });
    const next = await tryPausedRoute(state, watchedRoute, world.ports);
    expect(world.calls).toEqual(['try a', 'copy some', 'try b']);
    return { next, parked: [...world.parked.objects.keys()] };
  }

  test('opens the route when it is answered well: the first may be the only one that fails', async () => {
    const { next, parked } = await tickWith({ outcome: 'answered' });
    expect(next).toMatchObject({ phase: { kind: 'half-open' }, deliveredSinceHalt: true });
    expect(parked).toEqual([]);
  });

  test('takes its place when it fails as well', async () => {
    const { next, parked } = await tickWith({ outcome: 'failed', error: 'HTTP 500' });
    expect(next).toMatchObject({
      phase: {
        kind: 'open',
        error: 'HTTP 500',
        failedTrials: 2,
        tried: ['a', 'b'],
        looks: 1,
        trial: { eventId: 'b', key: `trials/${route}/id-1` },
      },
    });
    expect(parked).toEqual([`trials/${route}/id-1`]);
  });

  test.each<TrialResult>([{ outcome: 'not-posted' }, { outcome: 'unknown', error: 'too late' }])(
    'leaves its place to the first when it tells nothing: $outcome',
    async (second) => {
      const { next, parked } = await tickWith(second);
      const trial = { key: 'trials/a', eventId: 'a' };
      expect(next).toMatchObject({ phase: { kind: 'open', failedTrials: 1, tried: ['a', 'b'], trial } });
      expect(parked).toEqual(['trials/a']);
    },
  );
});
