import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { backoffSeconds, faultBackoffSeconds, withinVisibilityLimit } from '../../lambdas/processor/backoff.ts';
import { startMs } from '../support/settable-clock.ts';

const almostOne = 1 - Number.EPSILON / 2;

describe('the backoff', () => {
  test('is a whole number of seconds from 1 to the cap, whatever the attempt and the dice', () => {
    const retries = fc
      .tuple(fc.integer({ min: 1, max: 43_200 }), fc.integer({ min: 1, max: 43_200 }))
      .map(([a, b]) => ({ maxAttempts: 495, baseSeconds: Math.min(a, b), capSeconds: Math.max(a, b) }));
    const dice = fc.oneof(fc.constantFrom(0, almostOne), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    const attempts = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom(1_000, 1_100, Number.MAX_SAFE_INTEGER));
    fc.assert(
      fc.property(retries, attempts, dice, (retry, attempt, roll) => {
        const seconds = backoffSeconds(attempt, retry, () => roll);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(retry.capSeconds);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    [1, 5],
    [2, 10],
    [3, 20],
    [4, 40],
    [13, 20_480],
    [14, 21_600],
    [15, 21_600],
  ])('after attempt %d is at most %d s by default', (attempt, seconds) => {
    const retry = { maxAttempts: 10, baseSeconds: 5, capSeconds: 21_600 };
    expect(backoffSeconds(attempt, retry, () => almostOne)).toBe(seconds);
    expect(backoffSeconds(attempt, retry, () => 0)).toBe(1);
    expect(backoffSeconds(attempt, retry, () => 0.5)).toBe(Math.ceil(seconds / 2));
  });
});

describe('the time a message is hidden', () => {
  const twelveHoursMs = 43_200_000;

  test('is what was asked for, while SQS allows it', () => {
    expect(withinVisibilityLimit(21_600, startMs, startMs + 10_000)).toBe(21_600);
    expect(withinVisibilityLimit(0, startMs, startMs)).toBe(0);
  });

  test('is what is left of the 12 h since the receive otherwise, with a margin for the call', () => {
    expect(withinVisibilityLimit(43_200, startMs, startMs)).toBe(43_140);
    expect(withinVisibilityLimit(43_200, startMs, startMs + 60_500)).toBe(43_079);
  });

  test('is never negative', () => {
    expect(withinVisibilityLimit(60, startMs, startMs + twelveHoursMs)).toBe(0);
    expect(withinVisibilityLimit(60, startMs, startMs + 2 * twelveHoursMs)).toBe(0);
  });

  test('never ends more than 12 h after the receive', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50_000 }), fc.integer({ min: 0, max: twelveHoursMs }), (asked, agoMs) => {
        const seconds = withinVisibilityLimit(asked, startMs, startMs + agoMs);
        expect(seconds).toBeLessThanOrEqual(asked);
        if (seconds > 0) expect(agoMs + seconds * 1_000).toBeLessThan(twelveHoursMs);
      }),
    );
  });
});

describe('the time until a message is tried again after a fault of ours', () => {
  test.each([
    [1, 3, 5],
    [2, 5, 10],
    [5, 40, 80],
    [9, 450, 900],
    [1_000, 450, 900],
  ])('after receive %i it is from %i to %i seconds', (receiveCount, least, most) => {
    expect(faultBackoffSeconds(receiveCount, () => 0)).toBe(least);
    expect(faultBackoffSeconds(receiveCount, () => 0.999_999)).toBe(most);
  });
});
