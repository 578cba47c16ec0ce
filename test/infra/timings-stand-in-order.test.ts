import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRelayConfig } from '../../lib/infra/relay-config.ts';
import {
  deadLetterRetentionSeconds,
  ingestTimeoutSeconds,
  longestVisibilitySeconds,
  payloadLifeSeconds,
  queueRetentionSeconds,
  routeTimings,
  timingProblems,
} from '../../lib/infra/timings.ts';

/** Every route that the config schema can let through, sound or not. */
const anyRoute = fc.record({
  timeoutSeconds: fc.integer({ min: 1, max: 60 }),
  retry: fc.record({
    maxAttempts: fc.integer({ min: 1, max: 495 }),
    baseSeconds: fc.integer({ min: 1, max: 43_200 }),
    capSeconds: fc.integer({ min: 1, max: 43_200 }),
  }),
  dedupeDays: fc.integer({ min: 1, max: 3_650 }),
});

const soundRoute = anyRoute.map(routeTimings).filter((timings) => timingProblems(timings).length === 0);

describe('for every route that synthesizes', () => {
  test('delivery timeout < function timeout ≤ lease ≤ visibility timeout', () => {
    fc.assert(
      fc.property(soundRoute, (timings) => {
        expect(timings.deliveryTimeoutSeconds).toBeLessThan(timings.functionTimeoutSeconds);
        expect(timings.functionTimeoutSeconds).toBeLessThanOrEqual(timings.leaseSeconds);
        expect(timings.leaseSeconds).toBeLessThanOrEqual(timings.visibilityTimeoutSeconds);
      }),
    );
  });

  test('visibility timeout ≥ 6 × function timeout, and within what SQS allows', () => {
    fc.assert(
      fc.property(soundRoute, (timings) => {
        expect(timings.visibilityTimeoutSeconds).toBeGreaterThanOrEqual(6 * timings.functionTimeoutSeconds);
        expect(timings.visibilityTimeoutSeconds).toBeLessThanOrEqual(longestVisibilitySeconds);
      }),
    );
  });

  test('the crash guard leaves every attempt its receive, and stays within what SQS allows', () => {
    fc.assert(
      fc.property(soundRoute, (timings) => {
        expect(timings.maxReceiveCount).toBeGreaterThan(timings.retry.maxAttempts);
        expect(timings.maxReceiveCount).toBeLessThanOrEqual(1_000);
      }),
    );
  });

  test('the longest retry schedule ends before SQS deletes the message', () => {
    fc.assert(
      fc.property(soundRoute, (timings) => {
        expect(timings.longestScheduleSeconds).toBeLessThan(queueRetentionSeconds);
      }),
    );
  });

  test('an event is remembered longer than its dead letter and a redrive of it can last', () => {
    fc.assert(
      fc.property(soundRoute, (timings) => {
        expect(timings.dedupeSeconds).toBeGreaterThan(deadLetterRetentionSeconds + queueRetentionSeconds);
      }),
    );
  });
});

test('queue retention < dead letter retention, which is the longest SQS offers', () => {
  expect(queueRetentionSeconds).toBeLessThan(deadLetterRetentionSeconds);
  expect(deadLetterRetentionSeconds).toBe(1_209_600);
});

test('an offloaded body outlives queue, dead letter queue and a redrive', () => {
  expect(payloadLifeSeconds).toBeGreaterThan(2 * queueRetentionSeconds + deadLetterRetentionSeconds);
});

test('the ingest function ends before Genesys gives up', () => {
  expect(ingestTimeoutSeconds).toBeLessThan(10);
});

test('the defaults are sound', () => {
  const config = { routes: { a: { verify: { kind: 'open-messaging' }, deliverTo: { url: 'https://a.example' } } } };
  expect(() => parseRelayConfig(config, 'defaults')).not.toThrow();
});
