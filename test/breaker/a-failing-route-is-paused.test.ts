import { describe, expect, test } from '@jest/globals';
import { emptyTally, observeAttempts, type Tally } from '../../lambdas/breaker/observe-attempts.ts';
import { type BreakerState, closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { startMs } from '../support/settable-clock.ts';
import { failures, mixed, successes } from '../support/tallies.ts';

const { windowSeconds, minimumAttempts, failureRatio, streakLength, streakSeconds, pauseSeconds } = breakerSettings;
const windowMs = windowSeconds * 1_000;
/** The fewest failures of a full count that pause a route. */
const enoughFailures = Math.ceil(minimumAttempts * failureRatio);
const streakMs = streakSeconds * 1_000;

/** A breaker after batches that were reported one after the other, each so long after the start. */
function breakerAfter(...batches: readonly (readonly [atMs: number, tally: Tally])[]): BreakerState {
  return batches.reduce<BreakerState>(
    (state, [atMs, tally]) => observeAttempts(state, tally, startMs + atMs, breakerSettings) ?? state,
    closedBreaker,
  );
}

const openForFailing = { kind: 'open', reason: 'failing' };

describe('a busy route is paused', () => {
  test('by seven tenths of its attempts, once there are enough of them', () => {
    expect(breakerAfter([0, mixed(minimumAttempts, enoughFailures)]).phase).toEqual({
      kind: 'open',
      reason: 'failing',
      error: 'HTTP 503',
      sinceMs: startMs,
      reopenNotBeforeMs: startMs + pauseSeconds * 1_000,
      failedTrials: 0,
      answered: false,
      vainLooks: 0,
      furtherLooks: 0,
    });
  });

  test('by attempts of several batches together', () => {
    expect(breakerAfter([0, mixed(10, 9)], [1_000, mixed(9, 5)]).phase).toMatchObject({ kind: 'closed' });
    expect(breakerAfter([0, mixed(10, 9)], [1_000, mixed(10, 5)]).phase).toMatchObject(openForFailing);
  });

  test.each([
    ['fewer attempts, all but one of them failed', mixed(minimumAttempts - 1, minimumAttempts - 2)],
    ['fewer failures', mixed(minimumAttempts, enoughFailures - 1)],
  ])('not by %s', (_what, tally) => {
    expect(breakerAfter([0, tally]).phase).toMatchObject({ kind: 'closed' });
  });

  test('not by what happened before the window that is counted', () => {
    const lastOfWindow = breakerAfter([0, mixed(15, 14)], [windowMs - 1, mixed(5, 4)]);
    expect(lastOfWindow.phase).toMatchObject(openForFailing);
    const firstOfNext = breakerAfter([0, mixed(15, 14)], [windowMs, mixed(5, 4)]);
    const sinceMs = startMs + windowMs;
    expect(firstOfNext.phase).toMatchObject({ kind: 'closed', counts: { sinceMs, attempts: 5, failures: 4 } });
  });
});

describe('a quiet route is paused', () => {
  test('by a row of failures that has gone on for a while, and not by a shorter one', () => {
    const row = [...Array(streakLength - 1)].map((_, index) => [index, failures(1)] as const);
    expect(breakerAfter(...row, [streakMs - 1, failures(1)]).phase).toMatchObject({ kind: 'closed' });
    expect(breakerAfter(...row, [streakMs, failures(1)]).phase).toMatchObject(openForFailing);
    expect(breakerAfter(...row.slice(1), [streakMs, failures(1)]).phase).toMatchObject({ kind: 'closed' });
  });

  test('by a row that took days: it does not end with a window', () => {
    const dayMs = 86_400_000;
    expect(breakerAfter([0, failures(1)], [dayMs, failures(1)], [2 * dayMs, failures(1)]).phase).toMatchObject(
      openForFailing,
    );
  });

  test('not by failures with a success between them, nor in their midst', () => {
    const hourMs = 3_600_000;
    const broken = breakerAfter([0, failures(2)], [hourMs, successes(1)], [2 * hourMs, failures(2)]);
    expect(broken.phase).toMatchObject({ kind: 'closed', counts: { streak: 2, streakSinceMs: startMs + 2 * hourMs } });
    const inOneBatch = breakerAfter([0, failures(2)], [hourMs, mixed(3, 2)], [2 * hourMs, failures(1)]);
    expect(inOneBatch.phase).toMatchObject({ kind: 'closed', counts: { streak: 1 } });
  });

  test('by answers that only ask for a slower pace: they speak against nobody, but nothing is delivered either', () => {
    const slower = (overruns: number): Tally => ({ ...emptyTally, overruns, error: 'HTTP 429' });
    const first = breakerAfter([0, slower(streakLength)]);
    expect(first.phase).toMatchObject({ kind: 'closed', counts: { attempts: 0, failures: 0, streak: streakLength } });
    expect(breakerAfter([0, slower(streakLength)], [streakMs, slower(1)]).phase).toMatchObject(openForFailing);
    const broken = breakerAfter([0, slower(streakLength)], [1, successes(1)], [streakMs, slower(1)]);
    expect(broken.phase).toMatchObject({ kind: 'closed', counts: { streak: 1 } });
  });

  test('not by a whole batch that failed at once: that is one moment', () => {
    expect(breakerAfter([0, failures(10)]).phase).toMatchObject({ kind: 'closed', counts: { streak: 10 } });
  });
});

test('on a busy route a row of failures means nothing: it is judged by its share', () => {
  const well = [0, successes(minimumAttempts)] as const;
  const row = [failures(1), failures(1), failures(1)].map((tally, index) => [1 + index * streakMs, tally] as const);
  const doubtful = [0, mixed(1, 1)] as const;
  expect(breakerAfter(doubtful, well, ...row).phase).toMatchObject({ kind: 'closed', counts: { streak: 3 } });
  expect(breakerAfter(doubtful, ...row).phase).toMatchObject(openForFailing);
});

describe('a healthy route', () => {
  test('costs no write', () => {
    expect(observeAttempts(closedBreaker, successes(10), startMs, breakerSettings)).toBeUndefined();
    const forgotten = breakerAfter([0, failures(1)], [1, successes(1)]);
    expect(observeAttempts(forgotten, successes(10), startMs + windowMs, breakerSettings)).toBeUndefined();
  });

  test('costs none for a batch of which nothing was posted', () => {
    const doubtful = breakerAfter([0, failures(1)]);
    expect(observeAttempts(doubtful, failures(0), startMs + 1, breakerSettings)).toBeUndefined();
  });

  test('has its successes counted while failures are being counted: they are the other half of the share', () => {
    const doubtful = breakerAfter([0, mixed(10, 9)], [1, successes(10)]);
    expect(doubtful.phase).toMatchObject({ kind: 'closed', counts: { attempts: 20, failures: 9, streak: 0 } });
    expect(doubtful.version).toBe(2);
  });
});
