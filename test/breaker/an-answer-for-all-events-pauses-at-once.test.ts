import { describe, expect, test } from '@jest/globals';
import { gateOf } from '../../lambdas/breaker/gate.ts';
import { noCounts } from '../../lambdas/breaker/judge-counts.ts';
import { observeAttempts, type Tally } from '../../lambdas/breaker/observe-attempts.ts';
import { type BreakerState, closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { breakerSettings, queueRetentionSeconds } from '../../lib/infra/timings.ts';
import { breakerIn, pausedBreaker } from '../operator/breakers.ts';
import { startMs } from '../support/settable-clock.ts';
import { failures, successes } from '../support/tallies.ts';

const { longestHeldWaitSeconds } = breakerSettings;
const longestHeldMs = longestHeldWaitSeconds * 1_000;
const route = { maxConcurrency: 10, queueRetentionMs: queueRetentionSeconds * 1_000 };

function observe(state: BreakerState, tally: Tally) {
  return observeAttempts(state, tally, startMs, breakerSettings);
}

function halted(reason: 'unauthorized' | 'gone', eventId: string): Tally {
  return { ...successes(9), attempts: 10, failures: 1, error: 'HTTP 4xx', halt: { reason, eventId } };
}

describe('a wrong credential, or a destination that is gone', () => {
  test.each(['unauthorized', 'gone'] as const)('pauses at once, and is remembered with its event: %s', (reason) => {
    expect(observe(closedBreaker, halted(reason, 'event-1'))).toMatchObject({
      version: 1,
      phase: { kind: 'open', reason, error: 'HTTP 4xx' },
      suspects: ['event-1'],
      deliveredSinceHalt: false,
    });
  });

  test('makes an event a suspect once, the latest last, and no more than twenty are remembered', () => {
    const suspects = [...Array(20)].map((_, index) => `event-${index}`);
    const state = breakerIn({ kind: 'closed' }, { suspects });
    const again = observe(state, halted('unauthorized', 'event-3'))?.suspects;
    expect(again).toHaveLength(20);
    expect(again?.at(-1)).toBe('event-3');
    const another = observe(state, halted('unauthorized', 'event-20'))?.suspects;
    expect(another).toEqual([...suspects.slice(1), 'event-20']);
  });

  test('speaks of the route until another event was delivered, and of its own event from then on', () => {
    const suspected = breakerIn({ kind: 'closed' }, { suspects: ['event-1'] });
    expect(gateOf(suspected, startMs, route)).toMatchObject({ kind: 'pass', cleared: [] });

    const others = observe(suspected, successes(1)) ?? suspected;
    expect(others).toMatchObject({ version: 2, suspects: ['event-1'], deliveredSinceHalt: true });
    expect(gateOf(others, startMs, route)).toMatchObject({ kind: 'pass', cleared: ['event-1'] });
    expect(observe(others, successes(1))).toBeUndefined();

    const later = observe(others, halted('unauthorized', 'event-2'));
    expect(later).toMatchObject({ suspects: ['event-1', 'event-2'], deliveredSinceHalt: false });
  });

  test('is not cleared by the delivery of the suspect itself', () => {
    const suspected = breakerIn({ kind: 'closed' }, { suspects: ['event-1'] });
    expect(observe(suspected, successes(1, { deliveredOther: false }))).toBeUndefined();
  });

  test('leaves those cleared cleared when the route is paused for failing', () => {
    const cleared = breakerIn({ kind: 'closed' }, { suspects: ['event-1'], deliveredSinceHalt: true });
    const paused = observe(cleared, failures(20));
    expect(paused).toMatchObject({ phase: { kind: 'open' }, suspects: ['event-1'], deliveredSinceHalt: true });
  });
});

describe('a destination that asks for a wait', () => {
  test('which a processor can wait for is waited for by the whole route', () => {
    const untilMs = startMs + longestHeldMs;
    const state = observe(closedBreaker, failures(1, { waitUntilMs: untilMs })) ?? closedBreaker;
    expect(state).toMatchObject({ version: 1, notBeforeMs: untilMs, phase: { kind: 'closed' } });
    expect(gateOf(state, untilMs - 1, route)).toEqual({ kind: 'wait', untilMs });
    expect(gateOf(state, untilMs, route)).toMatchObject({ kind: 'pass' });
  });

  test('which is longer pauses the route until then, and no longer', () => {
    const untilMs = startMs + longestHeldMs + 1;
    expect(observe(closedBreaker, failures(1, { waitUntilMs: untilMs }))).toMatchObject({
      phase: {
        kind: 'open',
        reason: 'asked-to-wait',
        reopenNotBeforeMs: untilMs,
      },
      notBeforeMs: untilMs,
    });
    const hourMs = 3_600_000;
    expect(observe(closedBreaker, failures(1, { waitUntilMs: startMs + hourMs }))).toMatchObject({
      phase: { kind: 'open', reopenNotBeforeMs: startMs + hourMs },
      notBeforeMs: startMs + hourMs,
    });
  });

  test('again just after a pause is no relapse: it keeps the moment that it names', () => {
    const untilMs = startMs + longestHeldMs + 1;
    const halfOpen = breakerIn({ kind: 'half-open', sinceMs: startMs, counts: noCounts(startMs) }, { relapses: 3 });
    expect(observe(halfOpen, failures(1, { waitUntilMs: untilMs }))).toMatchObject({
      phase: { kind: 'open', reason: 'asked-to-wait', reopenNotBeforeMs: untilMs },
      relapses: 3,
    });
  });

  test('is not made to wait less by another answer that asked for less', () => {
    const state = breakerIn({ kind: 'closed' }, { notBeforeMs: startMs + 20_000 });
    expect(observe(state, failures(1, { waitUntilMs: startMs + 5_000 }))).toMatchObject({
      notBeforeMs: startMs + 20_000,
    });
  });

  test('and whose failures pause the route is not tried before that moment', () => {
    const untilMs = startMs + 20_000;
    expect(observe(closedBreaker, failures(20, { waitUntilMs: untilMs }))).toMatchObject({
      version: 1,
      phase: { kind: 'open', reason: 'failing' },
      notBeforeMs: untilMs,
    });
  });

  test('counts although nothing else was told', () => {
    const untilMs = startMs + 5_000;
    expect(observe(closedBreaker, failures(0, { waitUntilMs: untilMs }))).toMatchObject({ notBeforeMs: untilMs });
  });
});

describe('a batch that was under way when its route was paused', () => {
  const paused = pausedBreaker({ reason: 'failing', sinceMs: startMs - 1_000, error: 'HTTP 500', failedTrials: 3 });

  test.each([
    ['failures', failures(10)],
    ['successes', successes(10)],
    ['no attempt', failures(0)],
  ])('changes nothing by %s', (_what, tally) => {
    expect(observe(paused, tally)).toBeUndefined();
  });

  test('adds a suspect, and leaves the reason', () => {
    const state = { ...paused, suspects: ['event-1'], deliveredSinceHalt: true };
    const told = observe(state, halted('unauthorized', 'event-2'));
    expect(told).toEqual({
      ...state,
      version: 2,
      suspects: ['event-1', 'event-2'],
      deliveredSinceHalt: false,
    });
    expect(observe({ ...paused, suspects: ['event-1'] }, halted('unauthorized', 'event-1'))).toBeUndefined();
  });

  test('puts trials off when the destination asked for it', () => {
    const untilMs = startMs + 5_000;
    const told = observe(paused, failures(1, { waitUntilMs: untilMs }));
    expect(told).toEqual({
      ...paused,
      version: 2,
      notBeforeMs: untilMs,
      phase: { ...paused.phase, reopenNotBeforeMs: untilMs },
    });
    expect(observe({ ...paused, notBeforeMs: untilMs }, failures(1, { waitUntilMs: untilMs }))).toBeUndefined();
  });

  test('turns any pause that ends by itself into one for the operator when the destination is gone', () => {
    expect(observe(paused, halted('gone', 'event-1'))).toMatchObject({
      phase: { kind: 'open', reason: 'gone', error: 'HTTP 4xx', sinceMs: startMs - 1_000, failedTrials: 3 },
    });
    const byHand = pausedBreaker({ reason: 'operator', sinceMs: startMs - 1_000 });
    expect(observe(byHand, halted('gone', 'event-1'))).toMatchObject({ phase: { reason: 'operator' } });
  });
});
