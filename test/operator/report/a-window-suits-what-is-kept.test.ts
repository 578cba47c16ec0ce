import { describe, expect, test } from '@jest/globals';
import { secondsStep, timeLandmarks, timeTicks } from '../../../lib/operator/report/ticks.ts';
import { longestHours, periodStarts, windowOf } from '../../../lib/operator/report/time-window.ts';

const nowMs = Date.UTC(2026, 10, 25, 14, 3, 21);

describe('a window', () => {
  test.each([
    [1, 60],
    [24, 600],
    [168, 7_200],
    [24 * 30, 21_600],
    [longestHours, 86_400],
  ])('of %d hours is cut into periods of %d s, which end after now', (hours, periodSeconds) => {
    const window = windowOf(hours, nowMs);
    const starts = periodStarts(window);

    expect(window.periodSeconds).toBe(periodSeconds);
    expect(window.untilMs).toBeGreaterThan(nowMs);
    expect(window.untilMs - nowMs).toBeLessThanOrEqual(periodSeconds * 1_000);
    expect(starts[0]).toBe(window.fromMs);
    expect((starts.at(-1) ?? 0) + periodSeconds * 1_000).toBe(window.untilMs);
    for (const startMs of starts) expect(startMs % (periodSeconds * 1_000)).toBe(0);
  });

  test.each([0.1, 1, 12, 24, 100, 1_000, longestHours])(
    'of %d hours has no more periods than can be drawn',
    (hours) => {
      expect(periodStarts(windowOf(hours, nowMs)).length).toBeLessThanOrEqual(longestHours / 24);
      expect(windowOf(hours, nowMs).periodSeconds % 60).toBe(0);
    },
  );

  test.each([
    [15 * 24 + 1, 300],
    [63 * 24 + 1, 3_600],
  ])('that goes back %d hours asks for no finer periods than CloudWatch has kept', (hours, leastSeconds) => {
    expect(windowOf(hours, nowMs).periodSeconds % leastSeconds).toBe(0);
  });

  test('of a local run begins with it, and is finer', () => {
    const window = windowOf(24, nowMs, nowMs - 240_000);

    expect(window.periodSeconds).toBe(10);
    expect(nowMs - window.fromMs).toBeGreaterThanOrEqual(230_000);
    expect(nowMs - window.fromMs).toBeLessThanOrEqual(250_000);
    expect(windowOf(0.01, nowMs, nowMs - 10 * 3_600_000)).toMatchObject({ periodSeconds: 10 });
  });
});

describe('the lines of a plot', () => {
  test.each([
    [[3], [1, 10]],
    [[100], [100, 1_000]],
    [
      [140, 4_900],
      [100, 1_000, 10_000],
    ],
    [
      [130, 21_000_000],
      [100, 10_000, 600_000, 36_000_000],
    ],
    [[1, 86_400_000_000], expect.arrayContaining([1, 40 * 86_400_000])],
  ])('stand at lengths of time around %j ms', (values, lines) => {
    expect(timeLandmarks(values)).toEqual(lines);
    expect(timeLandmarks(values).length).toBeLessThanOrEqual(6);
  });

  test.each([
    [3, 1],
    [70, 30],
    [21_000, 7_200],
    [900_000, 259_200],
  ])('are %d s high at most in steps of %d', (most, step) => {
    expect(secondsStep(most)).toBe(step);
  });

  test('name moments of the day, and its date at midnight', () => {
    const { moments, label } = timeTicks(nowMs - 86_400_000, nowMs);

    expect(moments.map(label)).toEqual(['18:00', '11-25', '06:00', '12:00']);
    expect(timeTicks(nowMs - 120_000, nowMs).moments.map(timeTicks(nowMs - 120_000, nowMs).label)).toEqual([
      '14:01:30',
      '14:02:00',
      '14:02:30',
      '14:03:00',
    ]);
  });
});
