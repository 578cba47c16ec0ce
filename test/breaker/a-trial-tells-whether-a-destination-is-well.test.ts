import { describe, expect, test } from '@jest/globals';
import type { BreakerPorts } from '../../lambdas/breaker/breaker-ports.ts';
import { noCounts } from '../../lambdas/breaker/judge-counts.ts';
import { lookAfterRoute } from '../../lambdas/breaker/look-after-route.ts';
import type { BreakerState, OpenPhase } from '../../lambdas/contract/breaker-state.ts';
import type { TrialResult } from '../../lambdas/contract/trial-call.ts';
import { pausedBreaker } from '../operator/breakers.ts';
import { type BreakerWorld, breakerWorld, trialMessage, watchedRoute } from '../support/breaker-world.ts';
import { unavailable } from '../support/fail-calls.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

const failed = (others: Partial<Extract<TrialResult, { outcome: 'failed' }>> = {}): TrialResult => ({
  outcome: 'failed',
  error: 'HTTP 502',
  blames: 'destination',
  ...others,
});

/** A paused route; its pause may be over at once. */
function paused(phase: Partial<OpenPhase> = {}, others: Parameters<typeof pausedBreaker>[1] = {}): BreakerState {
  return pausedBreaker({ reason: 'failing', sinceMs: startMs - 60_000, ...phase }, others);
}

/** One tick of a route whose mapping is as its state wants it. */
function tick(world: BreakerWorld, state: BreakerState, changes: Partial<BreakerPorts> = {}) {
  world.states.set(route, state);
  world.mapping.actual = { enabled: false };
  return lookAfterRoute(watchedRoute, { ...world.ports, ...changes });
}

const postedTo = ({ calls }: BreakerWorld) => calls.filter((call) => !call.startsWith('switch'));

const halfOpen = { kind: 'half-open', sinceMs: startMs, counts: noCounts(startMs) };

describe('a trial with the copy at hand', () => {
  test('that is answered well half opens the route, and leaves no copy', async () => {
    const world = breakerWorld();
    const state = paused({}, { trials: [world.park('trials/a', 'a')] });
    const next = await tick(world, state);
    expect(next).toEqual({ ...state, version: 2, trials: [], lastDeliveredAtMs: startMs, phase: halfOpen });
    expect([...world.parked.objects.keys()]).toEqual([]);
    expect(postedTo(world)).toEqual(['try a']);
    expect(world.steps).toEqual([
      { step: 'trial', route, eventId: 'a', outcome: 'answered' },
      { step: 'breaker', route, from: 'open', to: 'half-open' },
    ]);
  });

  test('that settles the event takes its original off the queue', async () => {
    const world = breakerWorld();
    await tick(world, paused({}, { trials: [world.park('trials/a', 'a')] }));
    expect(world.removed).toEqual(['message of a']);
    expect(world.hides).toEqual([]);
  });

  test.each([
    [12.4, 13],
    [36_000, 21_600],
  ])(
    'that is answered well, and leaves the event unsettled for %d s, has its original come back',
    async (againInSeconds, seconds) => {
      const world = breakerWorld();
      world.destination.answer = () => ({ outcome: 'answered', delivered: false, againInSeconds });
      const next = await tick(world, paused({}, { trials: [world.park('trials/a', 'a')] }));
      expect(next).toMatchObject({ phase: halfOpen, trials: [], lastDeliveredAtMs: 0 });
      expect(world.hides).toEqual([{ receiptHandle: 'message of a', seconds }]);
      expect(world.removed).toEqual([]);
      expect([...world.parked.objects.keys()]).toEqual([]);
    },
  );

  test('that speaks against the event alone is counted, and leaves what is said of the destination', async () => {
    const world = breakerWorld();
    world.destination.answer = () => failed({ blames: 'event', halt: 'gone', error: 'HTTP 410' });
    const state = paused({ error: 'HTTP 503' }, { trials: [world.park('trials/a', 'a')] });
    expect(await tick(world, state)).toEqual({
      ...state,
      version: 2,
      phase: { ...state.phase, failedTrials: 1 },
    });
    expect([...world.parked.objects.keys()]).toEqual(['trials/a']);
  });

  test('hands on when the destination last took an event', async () => {
    const world = breakerWorld();
    const asked: unknown[] = [];
    const tryDestination: BreakerPorts['tryDestination'] = async (_name, request) => {
      asked.push(request);
      return { outcome: 'not-posted' };
    };
    await tick(world, paused({}, { trials: [world.park('trials/a', 'a')], lastDeliveredAtMs: 7 }), { tryDestination });
    expect(asked).toEqual([{ trial: trialMessage('a'), lastDeliveredAtMs: 7 }]);
  });

  test('that fails is tried again: its copy is kept, and the failure counted', async () => {
    const world = breakerWorld();
    world.destination.answer = () => failed();
    const state = paused({ failedTrials: 2 }, { trials: [world.park('trials/a', 'a')] });
    expect(await tick(world, state)).toEqual({
      ...state,
      version: 2,
      phase: { ...state.phase, error: 'HTTP 502', failedTrials: 3 },
      trials: [{ key: 'trials/a', eventId: 'a' }],
    });
    expect([...world.parked.objects.keys()]).toEqual(['trials/a']);
    expect(world.steps).toEqual([{ step: 'trial', route, eventId: 'a', outcome: 'failed', error: 'HTTP 502' }]);
  });

  test('that tells nothing, because a service of ours is down, changes nothing', async () => {
    const world = breakerWorld();
    world.destination.answer = () => ({ outcome: 'unknown', error: 'ServiceUnavailableError' });
    const state = paused({}, { trials: [world.park('trials/a', 'a')] });
    expect(await tick(world, state)).toEqual(state);
    expect([...world.parked.objects.keys()]).toEqual(['trials/a']);
  });

  test('that was not posted is given up: the event is settled, and its original taken off the queue', async () => {
    const world = breakerWorld();
    world.destination.answer = () => ({ outcome: 'not-posted' });
    const state = paused({}, { trials: [world.park('trials/a', 'a')] });
    expect(await tick(world, state)).toEqual({ ...state, version: 2, trials: [] });
    expect([...world.parked.objects.keys()]).toEqual([]);
    expect(world.removed).toEqual(['message of a']);
  });

  test('that was not posted because its time has not come is given up until then', async () => {
    const world = breakerWorld();
    world.destination.answer = () => ({ outcome: 'not-posted', againInSeconds: 300 });
    const next = await tick(world, paused({}, { trials: [world.park('trials/a', 'a')] }));
    expect(next).toMatchObject({ phase: { kind: 'open' }, trials: [] });
    expect(world.hides).toEqual([{ receiptHandle: 'message of a', seconds: 300 }]);
    expect(world.removed).toEqual([]);
  });

  test.each([
    ['gone', () => {}],
    ['nothing that the relay wrote', (world: BreakerWorld) => world.parked.objects.set('trials/a', '{"hello":1}')],
  ])('whose copy is %s is given up, too, and nothing is posted', async (_what, put) => {
    const world = breakerWorld();
    put(world);
    const next = await tick(world, paused({}, { trials: [{ key: 'trials/a', eventId: 'a' }] }));
    expect(next).toMatchObject({ phase: { kind: 'open', failedTrials: 0 }, trials: [] });
    expect(postedTo(world)).toEqual([]);
    expect(world.removed).toEqual([]);
    expect([...world.parked.objects.keys()]).toEqual([]);
  });

  test('that was answered for every event changes the reason of the pause', async () => {
    const world = breakerWorld();
    world.destination.answer = () => failed({ error: 'HTTP 401', halt: 'unauthorized' });
    const state = paused({}, { trials: [world.park('trials/a', 'a')] });
    expect(await tick(world, state)).toMatchObject({
      phase: { kind: 'open', reason: 'unauthorized', error: 'HTTP 401' },
    });
  });

  test('that finds a destination gone leaves the rest to the operator, and tries no other event', async () => {
    const world = breakerWorld();
    world.destination.answer = () => failed({ error: 'HTTP 410', halt: 'gone' });
    const trials = [world.park('trials/a', 'a'), world.park('trials/b', 'b')];
    const state = paused({}, { trials });
    expect(await tick(world, state)).toMatchObject({ phase: { kind: 'open', reason: 'gone' } });
    expect(postedTo(world)).toEqual(['try a']);
  });

  test('that is asked to wait tries no other event, and reopens no earlier than that', async () => {
    const world = breakerWorld();
    const waitUntilMs = startMs + 3_600_000;
    world.destination.answer = () => failed({ waitUntilMs });
    const trials = [world.park('trials/a', 'a'), world.park('trials/b', 'b')];
    const state = paused({}, { trials });
    const next = await tick(world, state);
    expect(next).toMatchObject({ notBeforeMs: waitUntilMs, phase: { reopenNotBeforeMs: waitUntilMs } });
    expect(postedTo(world)).toEqual(['try a']);
  });

  test('that cannot delete its copy opens the route all the same, and says so', async () => {
    const world = breakerWorld();
    const state = paused({}, { trials: [world.park('trials/a', 'a')] });
    const parked = { ...world.parked, delete: () => Promise.reject(new Error('S3 is down')) };
    const next = await tick(world, state, { parked });
    expect(next).toMatchObject({ phase: halfOpen, trials: [] });
    const during = 'deleting the copy of a trial';
    expect(world.steps).toMatchObject([
      { step: 'trial' },
      { step: 'fault', route, eventId: 'a', during },
      { step: 'breaker' },
    ]);
  });

  test('that cannot take its original off the queue opens the route all the same, and says so', async () => {
    const world = breakerWorld();
    const state = paused({}, { trials: [world.park('trials/a', 'a')] });
    expect(await tick(world, state, { removeTaken: unavailable })).toMatchObject({ phase: halfOpen, trials: [] });
    const during = 'taking a settled event off its queue';
    expect(world.steps[1]).toMatchObject({ step: 'fault', route, eventId: 'a', during });
  });

  test('that cannot have its original come back keeps its copy for the next tick', async () => {
    const world = breakerWorld();
    world.destination.answer = () => ({ outcome: 'answered', delivered: false, againInSeconds: 5 });
    const state = paused({}, { trials: [world.park('trials/a', 'a')] });
    await expect(tick(world, state, { hideTaken: unavailable })).rejects.toThrow('the service is down');
    expect(world.states.current(route)).toEqual(state);
    expect([...world.parked.objects.keys()]).toEqual(['trials/a']);
  });

  test('that cannot read its copy is left to the next tick', async () => {
    const world = breakerWorld();
    const state = paused({}, { trials: [world.park('trials/a', 'a')] });
    const parked = { ...world.parked, get: unavailable };
    await expect(tick(world, state, { parked })).rejects.toThrow('the service is down');
  });
});

describe('no trial is made', () => {
  test.each(['operator', 'gone'] as const)('while an operator is waited for: %s', async (reason) => {
    const world = breakerWorld();
    world.queue.visible = [trialMessage('b')];
    const state = paused({ reason }, { trials: [world.park('trials/a', 'a')] });
    expect(await tick(world, state)).toEqual(state);
    expect(postedTo(world)).toEqual([]);
  });

  test('before the moment that the destination asked for, and one is made then', async () => {
    const world = breakerWorld();
    const state = paused({}, { trials: [world.park('trials/a', 'a')], notBeforeMs: startMs + 1 });
    expect(await tick(world, state)).toEqual(state);
    expect(postedTo(world)).toEqual([]);
    world.clock.advance(1);
    await tick(world, state);
    expect(postedTo(world)).toEqual(['try a']);
  });
});

describe('a destination that is well before its pause is over', () => {
  const reopenNotBeforeMs = startMs + 120_000;

  test('keeps the route paused until then, and the next events go meanwhile', async () => {
    const world = breakerWorld();
    const early = await tick(world, paused({ reopenNotBeforeMs }, { trials: [world.park('trials/a', 'a')] }));
    expect(early).toMatchObject({ phase: { kind: 'open', answered: true }, trials: [] });

    world.queue.visible = [trialMessage('b')];
    const next = await tick(world, early);
    expect(postedTo(world)).toEqual(['try a', 'take 5', 'try b']);
    expect(next).toMatchObject({ phase: { kind: 'open', answered: true }, trials: [] });
  });

  test('opens then without a further trial, whatever is left', async () => {
    const world = breakerWorld();
    world.destination.answer = () => failed();
    world.queue.visible = [trialMessage('c')];
    const trials = [world.park('trials/b', 'b')];
    world.clock.moveTo(reopenNotBeforeMs);
    const next = await tick(world, paused({ answered: true, reopenNotBeforeMs }, { trials }));
    expect(next).toMatchObject({ phase: { kind: 'half-open' }, trials });
    expect(postedTo(world)).toEqual([]);
  });

  test('opens then although nothing is left to try', async () => {
    const world = breakerWorld();
    world.queue.hidden = 5;
    const state = paused({ answered: true, reopenNotBeforeMs });
    world.clock.moveTo(reopenNotBeforeMs - 1);
    expect((await tick(world, state)).phase.kind).toBe('open');
    world.clock.moveTo(reopenNotBeforeMs);
    expect((await tick(world, state)).phase.kind).toBe('half-open');
    expect(postedTo(world)).toEqual([]);
  });
});

describe('a paused route with nothing to try', () => {
  test('opens when its queue is empty', async () => {
    const world = breakerWorld();
    expect(await tick(world, paused())).toMatchObject({ version: 2, phase: halfOpen });
  });

  test('opens no earlier than its pause allows', async () => {
    const world = breakerWorld();
    const state = paused({ reopenNotBeforeMs: startMs + 1 });
    expect((await tick(world, state)).phase.kind).toBe('open');
    world.clock.advance(1);
    expect((await tick(world, state)).phase.kind).toBe('half-open');
  });

  test.each([
    ['visible', (world: BreakerWorld) => world.queue.visible.push(trialMessage('a'))],
    ['hidden', (world: BreakerWorld) => (world.queue.hidden = 1)],
  ])('stays paused while an event waits %s: there is somebody to ask', async (_where, put) => {
    const world = breakerWorld();
    put(world);
    const state = paused({ vainLooks: 9 });
    expect((await tick(world, state)).phase.kind).toBe('open');
  });
});
