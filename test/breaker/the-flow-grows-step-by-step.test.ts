import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { wantedMapping } from '../../lambdas/breaker/advance-breaker.ts';
import { evacuates, gateOf } from '../../lambdas/breaker/gate.ts';
import { noCounts } from '../../lambdas/breaker/judge-counts.ts';
import { rampFlow } from '../../lambdas/breaker/ramp.ts';
import { largestBatch, smallestConcurrency } from '../../lambdas/contract/aws-limits.ts';
import type { Phase } from '../../lambdas/contract/breaker-state.ts';
import { queueRetentionSeconds } from '../../lib/infra/timings.ts';
import { breakerIn, pausedBreaker } from '../operator/breakers.ts';
import { startMs } from '../support/settable-clock.ts';

const queueRetentionMs = queueRetentionSeconds * 1_000;
const everyMaxConcurrency = [...Array(999)].map((_, index) => index + 2);

/** The steps of a route up to the first that is all it may do. */
function stepsOf(maxConcurrency: number) {
  const steps = [rampFlow(0, maxConcurrency)];
  while (!steps.at(-1)?.full) {
    if (steps.length > 20) throw new Error('the ramp has no end');
    steps.push(rampFlow(steps.length, maxConcurrency));
  }
  return steps;
}

describe('the ramp', () => {
  test('begins with one event in each of the fewest processors', () => {
    for (const most of everyMaxConcurrency) {
      expect(rampFlow(0, most)).toEqual({ concurrency: smallestConcurrency, width: 1, full: false });
    }
  });

  test('keeps to what Lambda and the config allow, and never shrinks', () => {
    for (const most of everyMaxConcurrency) {
      const steps = stepsOf(most);
      for (const [index, { concurrency, width }] of steps.entries()) {
        const before = steps[index - 1] ?? { concurrency: 0, width: 0 };
        expect(Number.isInteger(concurrency) && Number.isInteger(width)).toBe(true);
        expect(concurrency).toBeGreaterThanOrEqual(smallestConcurrency);
        expect(concurrency).toBeLessThanOrEqual(most);
        expect(width).toBeGreaterThanOrEqual(1);
        expect(width).toBeLessThanOrEqual(largestBatch);
        expect(concurrency * width).toBeGreaterThan(before.concurrency * before.width);
        if (index > 0) expect(concurrency * width).toBeLessThanOrEqual(4 * before.concurrency * before.width + 40);
      }
    }
  });

  test('is over in eight steps at most, with all that the config allows', () => {
    for (const most of everyMaxConcurrency) {
      const steps = stepsOf(most);
      expect(steps.length).toBeLessThanOrEqual(8);
      expect(steps.at(-1)).toEqual({ concurrency: most, width: largestBatch, full: true });
    }
  });

  test('of the default concurrency', () => {
    expect(stepsOf(10)).toEqual([
      { concurrency: 2, width: 1, full: false },
      { concurrency: 2, width: 4, full: false },
      { concurrency: 3, width: 10, full: false },
      { concurrency: 10, width: 10, full: true },
    ]);
  });

  test('stays full however many steps follow', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1_000 }), fc.integer({ min: 8, max: 10_000 }), (most, step) => {
        expect(rampFlow(step, most)).toEqual({ concurrency: most, width: largestBatch, full: true });
      }),
    );
  });
});

const halfOpen: Phase = { kind: 'half-open', sinceMs: startMs, counts: noCounts(startMs) };
const ramping: Phase = { kind: 'ramping', sinceMs: startMs, step: 1, counts: noCounts(startMs) };

describe('processors and mapping', () => {
  test.each([
    ['closed', breakerIn({ kind: 'closed' }), { enabled: true, concurrency: 10 }],
    ['half-open', breakerIn(halfOpen), { enabled: true, concurrency: 2 }],
    ['ramping', breakerIn({ ...ramping, step: 2 }), { enabled: true, concurrency: 3 }],
    ['paused', pausedBreaker({ reason: 'failing', sinceMs: startMs }), { enabled: false }],
  ])('of a %s route have a switch', (_what, state, wanted) => {
    expect(wantedMapping(state, 10, false)).toEqual(wanted);
  });

  test('of a route that is evacuated are all there may be: nothing is posted', () => {
    const state = pausedBreaker({ reason: 'failing', sinceMs: startMs });
    expect(wantedMapping(state, 10, true)).toEqual({ enabled: true, concurrency: 10 });
  });

  test.each([
    ['closed', breakerIn({ kind: 'closed' }), { kind: 'pass', width: 10, counts: true }],
    ['half-open', breakerIn(halfOpen), { kind: 'pass', width: 1, counts: false }],
    ['ramping', breakerIn(ramping), { kind: 'pass', width: 4, counts: true }],
    ['paused', pausedBreaker({ reason: 'failing', sinceMs: startMs }), { kind: 'shut', evacuates: false }],
  ])('of a %s route have a gate', (_what, state, gate) => {
    expect(gateOf(state, startMs, { maxConcurrency: 10, queueRetentionMs })).toEqual(gate);
  });

  test('of a paused route are shut whatever the destination asked for', () => {
    const state = pausedBreaker({ reason: 'failing', sinceMs: startMs }, { notBeforeMs: startMs + 1_000 });
    expect(gateOf(state, startMs, { maxConcurrency: 10, queueRetentionMs })).toMatchObject({ kind: 'shut' });
  });
});

describe('a paused route is evacuated', () => {
  const heldBackSinceMs = startMs - queueRetentionMs / 2;

  test('once events have been held back for half the retention, through every relapse', () => {
    const state = pausedBreaker({ reason: 'failing', sinceMs: startMs - 1_000 }, { heldBackSinceMs });
    expect(evacuates(state, startMs - 1, queueRetentionMs)).toBe(false);
    expect(evacuates(state, startMs, queueRetentionMs)).toBe(true);
    expect(gateOf(state, startMs, { maxConcurrency: 10, queueRetentionMs })).toEqual({ kind: 'shut', evacuates: true });
  });

  test('and no other: its events flow', () => {
    expect(evacuates(breakerIn(halfOpen, { heldBackSinceMs }), startMs, queueRetentionMs)).toBe(false);
    expect(evacuates(breakerIn({ kind: 'closed' }), startMs, queueRetentionMs)).toBe(false);
  });
});
