import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { answerWithinMs, timeFor, type WaitingStep } from '../../lambdas/ingest/time-budget.ts';
import { startMs } from '../support/settable-clock.ts';

const inOrder: readonly WaitingStep[] = ['secrets', 'offload', 'send', 'spill'];

/** What each step is given when each uses a share of its own time, 0 to 1. */
function run(shares: readonly number[]): { given: Record<string, number>; tookMs: number } {
  let nowMs = startMs;
  const given: Record<string, number> = {};
  for (const [index, step] of inOrder.entries()) {
    const withinMs = timeFor(step, { beganAtMs: startMs, nowMs });
    given[step] = withinMs;
    nowMs += Math.floor(withinMs * (shares[index] ?? 0));
  }
  return { given, tookMs: nowMs - startMs };
}

describe('the time of a request', () => {
  test('is shared like this when every step hangs', () => {
    expect(run([1, 1, 1, 1])).toEqual({
      given: { secrets: 2_000, offload: 1_500, send: 1_500, spill: 2_000 },
      tookMs: answerWithinMs,
    });
  });

  test('is shared like this when only the payload and the queue hang', () => {
    expect(run([0, 1, 1, 1]).given).toEqual({ secrets: 2_000, offload: 3_500, send: 1_500, spill: 2_000 });
  });

  test('is never exceeded, and two seconds of it are always left to the spill', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(share, share, share, share), (shares) => {
        const { given, tookMs } = run(shares);
        expect(tookMs).toBeLessThanOrEqual(answerWithinMs);
        expect(given.send).toBeGreaterThanOrEqual(1_500);
        expect(given.spill).toBeGreaterThanOrEqual(2_000);
      }),
    );
  });

  test('is nothing, and not less, for a step that comes too late', () => {
    for (const step of inOrder) expect(timeFor(step, { beganAtMs: startMs, nowMs: startMs + 60_000 })).toBe(0);
  });

  test('is whole milliseconds, which is what a timer takes', () => {
    expect(Object.values(run([0.3, 0.7, 0.1, 0]).given).filter((ms) => !Number.isInteger(ms))).toEqual([]);
  });
});
