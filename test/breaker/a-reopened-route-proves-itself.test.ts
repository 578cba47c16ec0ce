import { describe, expect, test } from '@jest/globals';
import {
  advanceRamp,
  halfOpenBreaker,
  pauseByOperator,
  resumeByOperator,
} from '../../lambdas/breaker/advance-breaker.ts';
import { noCounts } from '../../lambdas/breaker/judge-counts.ts';
import { observeAttempts } from '../../lambdas/breaker/observe-attempts.ts';
import { openBreaker } from '../../lambdas/breaker/open-breaker.ts';
import { type BreakerState, closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { breakerIn, pausedBreaker } from '../operator/breakers.ts';
import { startMs } from '../support/settable-clock.ts';
import { failures, mixed, successes } from '../support/tallies.ts';

const { pauseSeconds, longestPauseSeconds } = breakerSettings;
const tickMs = breakerSettings.tickSeconds * 1_000;
const maxConcurrency = 10;

const paused = pausedBreaker({ reason: 'failing', sinceMs: startMs - 60_000 });
const halfOpen = halfOpenBreaker(paused, startMs);

function observe(state: BreakerState, ...tallies: Parameters<typeof observeAttempts>[1][]): BreakerState {
  return tallies.reduce(
    (before, tally) => observeAttempts(before, tally, startMs + 1, breakerSettings) ?? before,
    state,
  );
}

function advance(state: BreakerState, atMs: number): BreakerState {
  return advanceRamp(state, atMs, breakerSettings, maxConcurrency);
}

describe('a half-open route', () => {
  test('is paused again by three failures and nothing else', () => {
    expect(observe(halfOpen, failures(2)).phase).toMatchObject({ kind: 'half-open', counts: { failures: 2 } });
    expect(observe(halfOpen, failures(3)).phase).toMatchObject({ kind: 'open', reason: 'failing' });
    expect(observe(halfOpen, failures(2), failures(1)).phase).toMatchObject({ kind: 'open' });
  });

  test('is saved by one success among the first', () => {
    expect(observe(halfOpen, successes(1), failures(3)).phase).toMatchObject({ kind: 'half-open' });
    expect(observe(halfOpen, mixed(4, 3)).phase).toMatchObject({ kind: 'half-open' });
  });

  test('is paused again by seven tenths of eight, and by no less', () => {
    expect(observe(halfOpen, mixed(8, 6)).phase).toMatchObject({ kind: 'open' });
    expect(observe(halfOpen, mixed(8, 5)).phase).toMatchObject({ kind: 'half-open' });
    expect(observe(halfOpen, mixed(7, 6)).phase).toMatchObject({ kind: 'half-open' });
  });

  test('has its successes written: they are what it is judged by', () => {
    expect(observe(halfOpen, successes(3))).toMatchObject({
      version: halfOpen.version + 1,
      phase: { kind: 'half-open', counts: { attempts: 3, failures: 0 } },
    });
  });

  test('goes further after a tick, also when no event came', () => {
    expect(advance(halfOpen, startMs + tickMs).phase).toEqual({
      kind: 'ramping',
      step: 1,
      sinceMs: startMs + tickMs,
      counts: noCounts(startMs),
    });
  });

  test('does not go further on failures alone, and does on one success among them', () => {
    const failed = observe(halfOpen, failures(1));
    expect(advance(failed, startMs + tickMs)).toBe(failed);
    expect(advance(observe(halfOpen, mixed(3, 2)), startMs + tickMs).phase).toMatchObject({ kind: 'ramping' });
  });

  test('waits for most of a tick, because ticks come a little early now and then', () => {
    expect(advance(halfOpen, startMs + 0.75 * tickMs - 1)).toBe(halfOpen);
    expect(advance(halfOpen, startMs + 0.75 * tickMs).phase).toMatchObject({ kind: 'ramping' });
  });
});

describe('a ramping route', () => {
  const ramping = advance(halfOpen, startMs + tickMs);

  test('is closed by its last step, which ends the time that events were held back', () => {
    const second = advance(ramping, startMs + 2 * tickMs);
    expect(second).toMatchObject({ phase: { kind: 'ramping', step: 2 }, heldBackSinceMs: paused.heldBackSinceMs });
    const last = advance(second, startMs + 3 * tickMs);
    expect(last).toMatchObject({ phase: { kind: 'closed' }, heldBackSinceMs: 0, version: halfOpen.version + 3 });
  });

  test('is judged as an open one is: three failures do not pause it, seven tenths of twenty do', () => {
    expect(observe(ramping, failures(3)).phase).toMatchObject({ kind: 'ramping' });
    expect(observe(ramping, mixed(20, 13)).phase).toMatchObject({ kind: 'ramping' });
    expect(observe(ramping, mixed(20, 14)).phase).toMatchObject({ kind: 'open', reason: 'failing' });
  });
});

describe('a route that is closed, or paused', () => {
  test.each([
    ['closed', closedBreaker],
    ['paused', paused],
  ])('is not moved by a tick: %s', (_what, state) => {
    expect(advance(state, startMs + 10 * tickMs)).toBe(state);
  });
});

describe('each relapse', () => {
  test('doubles the pause, up to the longest one', () => {
    let state = observe(closedBreaker, failures(20));
    const pauses: number[] = [];
    for (let relapse = 0; relapse < 7; relapse++) {
      if (state.phase.kind !== 'open') throw new Error('the route is not paused');
      pauses.push((state.phase.reopenNotBeforeMs - state.phase.sinceMs) / 1_000);
      state = observe(halfOpenBreaker(state, startMs), failures(3));
    }
    const doubled = [1, 2, 4, 8, 16, 32, 64].map((times) => Math.min(times * pauseSeconds, longestPauseSeconds));
    expect(pauses).toEqual(doubled);
  });

  test.each([
    ['counts out of half-open', halfOpen, 3],
    ['is none out of a ramp: the destination was well for a while', advance(halfOpen, startMs + tickMs), 0],
  ])('%s, and the time that events were held back goes on', (_what, state, relapses) => {
    const again = openBreaker({ ...state, relapses: 2 }, { reason: 'failing' }, startMs, breakerSettings);
    expect(again).toMatchObject({ relapses, heldBackSinceMs: paused.heldBackSinceMs });
  });

  test('is none after the route was closed: it starts anew', () => {
    const closed = breakerIn({ kind: 'closed' }, { relapses: 3 });
    const again = openBreaker(closed, { reason: 'failing' }, startMs, breakerSettings);
    expect(again).toMatchObject({
      relapses: 0,
      heldBackSinceMs: startMs,
      phase: { reopenNotBeforeMs: startMs + pauseSeconds * 1_000 },
    });
  });
});

test('a pause, and its end, leave the copies there are: each waits to be delivered', () => {
  const trials = [{ key: 'trials/a', eventId: 'a' }];
  const reopened = halfOpenBreaker({ ...paused, trials }, startMs);
  expect(reopened.trials).toEqual(trials);
  expect(observe(reopened, failures(3))).toMatchObject({ phase: { kind: 'open' }, trials });
  expect(pauseByOperator(reopened, startMs)).toMatchObject({ phase: { kind: 'open' }, trials });
  expect(resumeByOperator({ ...paused, trials }, startMs)).toMatchObject({ trials });
});

describe('an operator', () => {
  test('pauses a route from now on', () => {
    expect(pauseByOperator(closedBreaker, startMs)).toMatchObject({
      version: 1,
      heldBackSinceMs: startMs,
      phase: { kind: 'open', reason: 'operator', sinceMs: startMs },
    });
  });

  test('takes over a pause that there is already, with all that is known of it', () => {
    const { phase } = paused;
    expect(pauseByOperator(paused, startMs)).toEqual({
      ...paused,
      version: 2,
      phase: { ...phase, reason: 'operator' },
    });
  });

  test('does not shorten the time that events were held back', () => {
    expect(pauseByOperator(halfOpen, startMs)).toMatchObject({ heldBackSinceMs: paused.heldBackSinceMs });
  });

  test('resumes at once, whatever the destination asked for, and its relapses are forgotten', () => {
    const asked = { ...paused, notBeforeMs: startMs + 3_600_000, relapses: 4 };
    expect(resumeByOperator(asked, startMs)).toEqual({
      ...asked,
      version: 2,
      notBeforeMs: 0,
      relapses: 0,
      phase: { kind: 'half-open', sinceMs: startMs, counts: noCounts(startMs) },
    });
  });
});
