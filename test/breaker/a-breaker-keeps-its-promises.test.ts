import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  advanceRamp,
  halfOpenBreaker,
  pauseByOperator,
  resumeByOperator,
} from '../../lambdas/breaker/advance-breaker.ts';
import { observeAttempts, type Tally } from '../../lambdas/breaker/observe-attempts.ts';
import {
  type BreakerState,
  closedBreaker,
  readBreakerState,
  writeBreakerState,
} from '../../lambdas/contract/breaker-state.ts';
import { parseJson } from '../../lambdas/contract/parse-json.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { startMs } from '../support/settable-clock.ts';

/** Anything that can happen to a breaker, and when. */
interface Change {
  readonly name: string;
  readonly afterMs: number;
  readonly apply: (state: BreakerState, nowMs: number) => BreakerState | undefined;
}

const maxConcurrency = 10;

const delays = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 10_000_000 }));

function tallies(mostFailures: number): fc.Arbitrary<(nowMs: number) => Tally> {
  return fc
    .record({
      successes: fc.integer({ min: 0, max: 10 }),
      failures: fc.integer({ min: 0, max: mostFailures }),
      waitMs: fc.option(fc.integer({ min: 1, max: 43_200_000 }), { nil: undefined }),
      halt: fc.option(fc.constantFrom('unauthorized', 'gone'), { nil: undefined }),
    })
    .map(({ successes, failures, waitMs = 0, halt }) => (nowMs: number): Tally => {
      const failed = failures > 0 ? { error: 'HTTP 503', halt } : {};
      const waitUntilMs = failures > 0 && waitMs > 0 ? nowMs + waitMs : 0;
      const attempts = successes + failures;
      return { attempts, failures, overruns: 0, waitUntilMs, lastDeliveredAtMs: successes > 0 ? nowMs : 0, ...failed };
    });
}

function observed(mostFailures: number): fc.Arbitrary<Change> {
  return fc.tuple(tallies(mostFailures), delays).map(([tally, afterMs]) => ({
    name: `batch ${JSON.stringify(tally(0))}`,
    afterMs,
    apply: (state, nowMs) => observeAttempts(state, tally(nowMs), nowMs, breakerSettings),
  }));
}

function unlessSame(before: BreakerState, next: BreakerState): BreakerState | undefined {
  return next === before ? undefined : next;
}

const ticks: fc.Arbitrary<Change> = delays.map((afterMs) => ({
  name: 'tick',
  afterMs,
  apply: (state, nowMs) => unlessSame(state, advanceRamp(state, nowMs, breakerSettings, maxConcurrency)),
}));

const openings: fc.Arbitrary<Change> = delays.map((afterMs) => ({
  name: 'a trial was answered',
  afterMs,
  apply: (state, nowMs) => (state.phase.kind === 'open' ? halfOpenBreaker(state, nowMs) : undefined),
}));

const byHand: fc.Arbitrary<Change> = fc.tuple(fc.boolean(), delays).map(([pauses, afterMs]) => ({
  name: pauses ? 'pause' : 'resume',
  afterMs,
  apply: (state, nowMs) => {
    if (pauses) return pauseByOperator(state, nowMs);
    return state.phase.kind === 'open' ? resumeByOperator(state, nowMs) : undefined;
  },
}));

interface Transition {
  readonly before: BreakerState;
  readonly after: BreakerState;
  readonly nowMs: number;
}

/** What became of a closed breaker, one change after the other. */
function transitions(changes: readonly Change[]): Transition[] {
  const all: Transition[] = [];
  let state = closedBreaker;
  let nowMs = startMs;
  for (const { afterMs, apply } of changes) {
    nowMs += afterMs;
    const after = apply(state, nowMs);
    if (after === undefined) continue;
    all.push({ before: state, after, nowMs });
    state = after;
  }
  return all;
}

function always(changes: fc.Arbitrary<Change>, holds: (transition: Transition) => void): void {
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 40, size: 'max' }), (story) => {
      for (const transition of transitions(story)) holds(transition);
    }),
    { numRuns: 500 },
  );
}

const anything = fc.oneof({ arbitrary: observed(10), weight: 4 }, ticks, openings, byHand);

describe('a breaker, whatever happens to it,', () => {
  test('grows by one version with each change', () => {
    always(anything, ({ before, after }) => expect(after.version).toBe(before.version + 1));
  });

  test('comes back from the table as it was stored', () => {
    always(anything, ({ after }) => {
      expect(readBreakerState(parseJson(writeBreakerState(after)), after.version)).toEqual(after);
    });
  });

  test('is not to be reopened before it was paused', () => {
    always(anything, ({ after: { phase } }) => {
      if (phase.kind === 'open') expect(phase.reopenNotBeforeMs).toBeGreaterThanOrEqual(phase.sinceMs);
    });
  });

  test('holds events back from the first pause until it is closed, without a break', () => {
    always(anything, ({ before, after, nowMs }) => {
      if (after.phase.kind === 'closed') expect(after.heldBackSinceMs).toBe(0);
      else if (before.phase.kind !== 'closed') expect(after.heldBackSinceMs).toBe(before.heldBackSinceMs);
      else if (after.phase.kind === 'open') expect(after.heldBackSinceMs).toBe(nowMs);
    });
  });

  test('is opened by no batch that is under way: only a trial, a tick or an operator does that', () => {
    always(observed(10), ({ before, after }) => {
      if (before.phase.kind === 'open') expect(after.phase.kind).toBe('open');
    });
  });

  test('counts no more failures than attempts, and a row no longer than its failures', () => {
    always(anything, ({ after: { phase } }) => {
      if (phase.kind === 'open' || phase.counts === undefined) return;
      expect(phase.counts.failures).toBeLessThanOrEqual(phase.counts.attempts);
      expect(phase.counts.streakSinceMs).toBeGreaterThanOrEqual(startMs);
    });
  });

  test('is never paused by successes', () => {
    always(fc.oneof({ arbitrary: observed(0), weight: 4 }, ticks), ({ after }) => {
      expect(after.phase.kind).not.toBe('open');
    });
    const reopened = halfOpenBreaker(pauseByOperator(closedBreaker, startMs), startMs);
    fc.assert(
      fc.property(fc.array(observed(0), { maxLength: 20 }), (story) => {
        let state = reopened;
        for (const { apply } of story) {
          state = apply(state, startMs) ?? state;
          expect(state.phase.kind).toBe('half-open');
        }
      }),
    );
  });
});
