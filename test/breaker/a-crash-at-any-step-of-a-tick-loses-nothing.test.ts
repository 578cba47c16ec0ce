import { describe, expect, test } from '@jest/globals';
import { isPaused } from '../../lambdas/contract/breaker-state.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { diesOnce } from '../support/dies-once.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { type SimulatedRelay, simulatedRelay, simulatedRoute } from '../support/simulated-relay.ts';

const minuteMs = 60_000;
const healsAtMs = startMs + 20 * minuteMs;

/** The tick that finds the destination well is still to come. */
const justBeforeMs = healsAtMs - minuteMs / 2;

/** A destination that is down for twenty minutes, and events that came while it was. */
async function pausedRelay(diesAt: Parameters<typeof simulatedRelay>[0]['diesAt'] = () => false) {
  const relay = simulatedRelay({
    diesAt,
    destination: (_eventId, nowMs) => ({ answer: answered(nowMs < healsAtMs ? 503 : 200), afterMs: 50 }),
  });
  for (let event = 0; event < 24; event++) {
    relay.time.at(startMs + event * 500, () => void relay.accept(`event-${event}`));
  }
  const isSoon = await relay.time.runUntilTrue(() => isPaused(relay.breakers.current(simulatedRoute)), healsAtMs);
  expect(isSoon).toBe(true);
  return relay;
}

/** Whatever died, a crash delays no event by more than some ticks, and as long as a message may be in a dead function's hands. */
const deliveredByMs = healsAtMs + 15 * minuteMs;

/** The original of an event that is delivered already may be hidden until then. */
const backByMs = healsAtMs + breakerSettings.trialHideSeconds * 1_000 + 60 * minuteMs;

/** All that came is delivered, once, or twice where a crash lies between, and the route is open to all traffic. */
async function comesBack(relay: SimulatedRelay, hiddenByTest: readonly string[] = []): Promise<void> {
  const isDelivered = () =>
    [...relay.accepted].every(
      (eventId) => relay.records.read(eventId)?.status === 'delivered' || hiddenByTest.includes(eventId),
    ) && relay.breakers.current(simulatedRoute).phase.kind === 'closed';
  expect(await relay.time.runUntilTrue(isDelivered, deliveredByMs)).toBe(true);
  expect(await relay.time.runUntilTrue(() => relay.queue.messages.length === 0, backByMs)).toBe(true);
  expect(relay.violations).toEqual([]);
  expect(relay.deadLetters).toEqual([]);
  expect(relay.accepted.size).toBeGreaterThanOrEqual(24);
  for (const eventId of relay.accepted) expect(relay.records.read(eventId)).toMatchObject({ status: 'delivered' });
  expect(relay.queue.highestReceiveCount).toBeLessThan(8);
}

const whens = ['before', 'after'] as const;

function steps(calls: Readonly<Record<string, string>>) {
  return Object.entries(calls).flatMap(([call, step]) => whens.map((when) => ({ call, when, step })));
}

describe('a route comes back although the scheduled function died while it was paused', () => {
  test.each(
    steps({
      readBreaker: 'reading the breaker',
      readMapping: 'reading the mapping',
      applyMapping: 'switching the mapping off',
      readParked: 'reading the copy',
      tryDestination: 'the trial',
      replaceBreaker: 'storing what came of it',
    }),
  )('just $when $step', async ({ call, when }) => {
    const death = diesOnce({ process: 'breaker', call, when });
    death.arm();
    await comesBack(await pausedRelay(death.diesAt));
    expect(death.happened).toBe(true);
  });
});

describe('a route comes back although the scheduled function died while it gathered copies', () => {
  test.each(
    steps({
      depthOf: 'counting the queue',
      takeSome: 'taking some messages',
      park: 'parking a copy',
      hideTaken: 'hiding its original',
    }),
  )('just $when $step', async ({ call, when }) => {
    const death = diesOnce({ process: 'breaker', call, when });
    const relay = await pausedRelay(death.diesAt);
    // Without the copy that its processor left, the route has to take one.
    const dropped = dropTrials(relay);
    death.arm();
    await comesBack(relay, dropped);
    expect(death.happened).toBe(true);
  });
});

/** @returns the events whose originals stay hidden for that */
function dropTrials({ breakers }: SimulatedRelay): string[] {
  const state = breakers.current(simulatedRoute);
  if (!isPaused(state)) throw new Error('the route is not paused');
  breakers.set(simulatedRoute, { ...state, trials: [] });
  return state.trials.map(({ eventId }) => eventId);
}

describe('a route comes back although the scheduled function died when the destination was well again', () => {
  test.each(
    steps({
      readBreaker: 'reading the breaker',
      readMapping: 'reading the mapping',
      readParked: 'reading the copy',
      tryDestination: 'the trial',
      deleteParked: 'deleting the copy',
      replaceBreaker: 'opening the route',
      applyMapping: 'switching the mapping on',
    }),
  )('just $when $step', async ({ call, when }) => {
    const death = diesOnce({ process: 'breaker', call, when });
    const relay = await pausedRelay(death.diesAt);
    await relay.time.runUntil(justBeforeMs);
    death.arm();
    await comesBack(relay);
    expect(death.happened).toBe(true);
  });
});

describe('a route comes back although the processor died in a trial that was answered well', () => {
  test.each(
    steps({
      claim: 'claiming the event',
      post: 'the POST',
      recordDelivered: 'recording the delivery',
    }),
  )('just $when $step', async ({ call, when }) => {
    const death = diesOnce({ process: 'trial', call, when });
    const relay = await pausedRelay(death.diesAt);
    await relay.time.runUntil(justBeforeMs);
    death.arm();
    await comesBack(relay);
    expect(death.happened).toBe(true);
  });
});
