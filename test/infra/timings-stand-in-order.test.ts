import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { longestVisibilitySeconds } from '../../lambdas/contract/aws-limits.ts';
import { answerWithinMs } from '../../lambdas/ingest/time-budget.ts';
import { lookSeconds } from '../../lambdas/peeker/find-oldest.ts';
import { faultBackoffSeconds } from '../../lambdas/processor/backoff.ts';
import { giveBackSeconds } from '../../lambdas/processor/hold-batch.ts';
import { parseRelayConfig } from '../../lib/infra/relay-config.ts';
import {
  breakerSettings,
  breakerTimeoutSeconds,
  deadLetterRetentionSeconds,
  deadLetterWarningSeconds,
  ingestTimeoutSeconds,
  mostAttempts,
  pausedEventTooOldSeconds,
  payloadLifeSeconds,
  peekSeconds,
  peekTimeoutSeconds,
  queueRetentionSeconds,
  routeTimings,
  tickSeconds,
  timingProblems,
  trialLifeSeconds,
} from '../../lib/infra/timings.ts';

/** The largest `maxReceiveCount` that SQS takes. */
const mostReceives = 1_000;

/** Lambda's longest timeout. */
const longestFunctionSeconds = 900;

/** Every route whose values are each allowed by themselves. */
const anyRoute = fc.record({
  timeoutSeconds: fc.integer({ min: 1, max: 60 }),
  retry: fc.record({
    maxAttempts: fc.integer({ min: 1, max: mostAttempts }),
    baseSeconds: fc.integer({ min: 1, max: 43_200 }),
    capSeconds: fc.integer({ min: 1, max: 43_200 }),
  }),
  dedupeDays: fc.integer({ min: 1, max: 3_650 }),
});

const anyTimings = anyRoute.map(routeTimings);

describe('for every route that a config can describe', () => {
  test('delivery timeout < function timeout ≤ lease ≤ visibility timeout', () => {
    fc.assert(
      fc.property(anyTimings, (timings) => {
        expect(timings.deliveryTimeoutSeconds).toBeLessThan(timings.functionTimeoutSeconds);
        expect(timings.functionTimeoutSeconds).toBeLessThanOrEqual(timings.leaseSeconds);
        expect(timings.leaseSeconds).toBeLessThanOrEqual(timings.visibilityTimeoutSeconds);
      }),
    );
  });

  test('visibility timeout ≥ 6 × function timeout, and within what SQS allows', () => {
    fc.assert(
      fc.property(anyTimings, (timings) => {
        expect(timings.visibilityTimeoutSeconds).toBeGreaterThanOrEqual(6 * timings.functionTimeoutSeconds);
        expect(timings.visibilityTimeoutSeconds).toBeLessThanOrEqual(longestVisibilitySeconds);
      }),
    );
  });

  test('the crash guard leaves every attempt its receive, and stays within what SQS allows', () => {
    fc.assert(
      fc.property(anyTimings, (timings) => {
        expect(timings.maxReceiveCount).toBeGreaterThan(2 * timings.retry.maxAttempts);
        expect(timings.maxReceiveCount).toBeLessThanOrEqual(mostReceives);
      }),
    );
  });

  test('a message that only waits is put on its queue anew after every attempt had its receive, and 16 before the end', () => {
    fc.assert(
      fc.property(anyTimings, (timings) => {
        expect(timings.renewAfterReceives).toBeGreaterThan(2 * timings.retry.maxAttempts);
        expect(timings.maxReceiveCount - timings.renewAfterReceives).toBe(16);
      }),
    );
  });

  test('the breaker has the whole of a processor’s time for a trial, and some to spare; within what Lambda allows', () => {
    fc.assert(
      fc.property(fc.array(anyTimings, { minLength: 1 }), (routes) => {
        const timeouts = routes.map(({ functionTimeoutSeconds }) => functionTimeoutSeconds);
        // 10 s are for what comes before and after a trial: lambdas/breaker/handler.ts.
        expect(breakerTimeoutSeconds(timeouts) - 10).toBeGreaterThan(Math.max(...timeouts));
        expect(breakerTimeoutSeconds(timeouts)).toBeLessThanOrEqual(longestFunctionSeconds);
      }),
    );
  });

  test('the receives beyond the attempts last through three hours in which an AWS service cannot be used', () => {
    fc.assert(
      fc.property(anyTimings, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (timings, random) => {
        let seconds = 0;
        for (let receive = 1; receive < timings.maxReceiveCount - timings.retry.maxAttempts; receive++) {
          seconds += faultBackoffSeconds(receive, () => random);
        }
        expect(seconds).toBeGreaterThanOrEqual(3 * 3_600);
      }),
    );
  });
});

test('the oldest event of a route that flows is an alarm days before SQS deletes it, and never for its first retries', () => {
  fc.assert(
    fc.property(anyTimings, ({ eventTooOldSeconds, retry, visibilityTimeoutSeconds }) => {
      expect(eventTooOldSeconds).toBeLessThan(pausedEventTooOldSeconds);
      expect(queueRetentionSeconds - eventTooOldSeconds).toBeGreaterThan(2 * 86_400);
      // SQS leaves a message out of the age once it was received three times: two pauses, or a crash between two of them.
      const firstPauses =
        Math.min(retry.baseSeconds, retry.capSeconds) + Math.min(2 * retry.baseSeconds, retry.capSeconds);
      expect(eventTooOldSeconds).toBeGreaterThan(firstPauses + visibilityTimeoutSeconds);
    }),
  );
});

test('the oldest event of a paused route is an alarm only when the route should have been emptied, hours before SQS deletes it', () => {
  // None is older than half the retention less 12 h when a pause begins (lambdas/processor/renew-message.ts), and after half of it the queue is emptied.
  const oldestSeconds = queueRetentionSeconds / 2 - 12 * 3_600 + queueRetentionSeconds / 2;
  expect(pausedEventTooOldSeconds).toBeGreaterThan(oldestSeconds);
  expect(queueRetentionSeconds - pausedEventTooOldSeconds).toBeGreaterThan(6 * 3_600);
});

test('an expiring dead letter is told of over a weekend, and never the moment it arrives', () => {
  expect(deadLetterWarningSeconds).toBeGreaterThan(64 * 3_600);
  expect(deadLetterWarningSeconds).toBeLessThan(deadLetterRetentionSeconds - queueRetentionSeconds);
});

test('dead letters are looked at several times within the hour that their alarm goes by, each time within the time there is', () => {
  expect(peekSeconds).toBeLessThanOrEqual(3_600 / 3);
  for (const routes of [1, 11, 100]) {
    expect(peekTimeoutSeconds(routes)).toBeLessThan(peekSeconds + 1);
    expect(peekTimeoutSeconds(routes)).toBeLessThanOrEqual(longestFunctionSeconds);
  }
  // Looking and giving back: lambdas/peeker/find-oldest.ts.
  expect(peekTimeoutSeconds(2) - peekTimeoutSeconds(1)).toBeGreaterThan(lookSeconds + 5);
});

describe('a route is refused', () => {
  const sound = { timeoutSeconds: 10, retry: { maxAttempts: 10, baseSeconds: 5, capSeconds: 21_600 }, dedupeDays: 30 };
  const problemsOf = (changes: object) => timingProblems(routeTimings({ ...sound, ...changes })).map(({ key }) => key);

  test('never for the defaults', () => {
    expect(problemsOf({})).toEqual([]);
  });

  test('when its base is above its cap', () => {
    expect(problemsOf({ retry: { ...sound.retry, baseSeconds: 60, capSeconds: 60 } })).toEqual([]);
    expect(problemsOf({ retry: { ...sound.retry, baseSeconds: 61, capSeconds: 60 } })).toEqual(['retry.baseSeconds']);
  });

  test('when its longest schedule does not end before SQS deletes the message', () => {
    // Every pause is the cap: 14 pauses of 12 h are the seven days.
    const retry = { baseSeconds: 43_200, capSeconds: 43_200 };
    expect(problemsOf({ retry: { ...retry, maxAttempts: 14 } })).toEqual([]);
    expect(problemsOf({ retry: { ...retry, maxAttempts: 15 } })).toEqual(['retry']);
  });

  test('when an event is forgotten before its dead letter, and a redrive of it, can be over', () => {
    expect(problemsOf({ dedupeDays: 22 })).toEqual([]);
    expect(problemsOf({ dedupeDays: 21 })).toEqual(['dedupeDays']);
  });
});

test('queue retention < dead letter retention, which is the longest SQS offers', () => {
  expect(queueRetentionSeconds).toBeLessThan(deadLetterRetentionSeconds);
  expect(deadLetterRetentionSeconds).toBe(1_209_600);
});

test('an offloaded body outlives queue, dead letter queue and a redrive, even if its message is renewed each time', () => {
  const onQueueSeconds = 2 * queueRetentionSeconds;
  expect(payloadLifeSeconds).toBeGreaterThan(onQueueSeconds + deadLetterRetentionSeconds + onQueueSeconds);
});

test('the message whose copy a destination is tried with is hidden for longer than a pause, within what SQS allows', () => {
  const { longestPauseSeconds, pausedHideSeconds } = breakerSettings;
  expect(breakerSettings.trialHideSeconds).toBeGreaterThan(Math.max(longestPauseSeconds, pausedHideSeconds));
  expect(breakerSettings.trialHideSeconds).toBeLessThanOrEqual(longestVisibilitySeconds);
});

test('the copy that a destination is tried with outlives every message that can wait for it', () => {
  expect(trialLifeSeconds).toBeGreaterThanOrEqual(queueRetentionSeconds);
});

describe('a paused route', () => {
  const { pausedHideSeconds, pauseSeconds, longestPauseSeconds, longestHeldWaitSeconds } = breakerSettings;

  test('is looked after once a tick, which is the one that its settings say', () => {
    expect(breakerSettings.tickSeconds).toBe(tickSeconds);
  });

  test('hides what still comes for longer than a tick, also at the least, so that it finds the mapping off', () => {
    expect(giveBackSeconds(pausedHideSeconds, () => 0)).toBeGreaterThan(tickSeconds);
  });

  test('is paused for a tick at least, and no longer than its longest pause, which leaves the events days', () => {
    expect(pauseSeconds).toBeGreaterThanOrEqual(tickSeconds);
    expect(longestPauseSeconds).toBeGreaterThan(pauseSeconds);
    expect(longestPauseSeconds).toBeLessThan(queueRetentionSeconds / 100);
  });

  test('is not paused for a wait that is over before a tick could end the pause', () => {
    expect(longestHeldWaitSeconds).toBeLessThan(tickSeconds);
  });
});

describe('a route is paused', () => {
  const { streakLength, streakSeconds, minimumAttempts, failureRatio, windowSeconds } = breakerSettings;

  test('by a row of failures before an event of a quiet route was received five times', () => {
    expect(streakLength).toBeGreaterThan(1);
    expect(streakLength + 1).toBeLessThan(5);
  });

  test('by its share of failures only where a row of them could as well be chance', () => {
    expect(minimumAttempts).toBeGreaterThan(streakLength);
    expect(failureRatio).toBeGreaterThan(0);
    expect(failureRatio).toBeLessThan(1);
    expect(streakSeconds).toBeLessThan(windowSeconds);
  });
});

test('the ingest function has answered before it ends, and ends before Genesys gives up', () => {
  expect(answerWithinMs + 1_000).toBeLessThanOrEqual(ingestTimeoutSeconds * 1_000);
  expect(ingestTimeoutSeconds).toBeLessThan(10);
});

test('the defaults are sound', () => {
  const config = { routes: { a: { verify: { kind: 'open-messaging' }, deliverTo: { url: 'https://a.example' } } } };
  expect(() => parseRelayConfig(config, 'defaults')).not.toThrow();
});
