import { describe, expect, test } from '@jest/globals';
import { gateOf } from '../../lambdas/breaker/gate.ts';
import { noCounts } from '../../lambdas/breaker/judge-counts.ts';
import { observeAttempts, type Tally } from '../../lambdas/breaker/observe-attempts.ts';
import { type BreakerState, closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { breakerSettings, queueRetentionSeconds } from '../../lib/infra/timings.ts';
import { breakerIn, pausedBreaker } from '../operator/breakers.ts';
import { startMs } from '../support/settable-clock.ts';
import { failures, mixed, successes } from '../support/tallies.ts';

const { longestHeldWaitSeconds } = breakerSettings;
const longestHeldMs = longestHeldWaitSeconds * 1_000;
const route = { maxConcurrency: 10, queueRetentionMs: queueRetentionSeconds * 1_000 };

function observe(state: BreakerState, tally: Tally) {
  return observeAttempts(state, tally, startMs, breakerSettings);
}

function halted(reason: 'unauthorized' | 'gone'): Tally {
  return { ...successes(9), attempts: 10, failures: 1, error: 'HTTP 4xx', halt: reason };
}

test.each(['unauthorized', 'gone'] as const)('a wrong credential, or a destination that is gone: %s', (reason) => {
  expect(observe(closedBreaker, halted(reason))).toMatchObject({
    version: 1,
    phase: { kind: 'open', reason, error: 'HTTP 4xx' },
  });
});

describe('the last delivery', () => {
  test('is remembered with other news, and through a pause', () => {
    const counted = observe(closedBreaker, mixed(10, 1)) ?? closedBreaker;
    expect(counted).toMatchObject({ lastDeliveredAtMs: startMs, phase: { kind: 'closed' } });
    expect(observe(counted, failures(20))).toMatchObject({ lastDeliveredAtMs: startMs, phase: { kind: 'open' } });
  });

  test('is no news by itself: a healthy route writes nothing', () => {
    expect(observe(closedBreaker, successes(10))).toBeUndefined();
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

  test('changes nothing by a wrong credential either', () => {
    expect(observe(paused, halted('unauthorized'))).toBeUndefined();
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
    expect(observe(paused, halted('gone'))).toMatchObject({
      phase: { kind: 'open', reason: 'gone', error: 'HTTP 4xx', sinceMs: startMs - 1_000, failedTrials: 3 },
    });
    const byHand = pausedBreaker({ reason: 'operator', sinceMs: startMs - 1_000 });
    expect(observe(byHand, halted('gone'))).toBeUndefined();
  });
});
