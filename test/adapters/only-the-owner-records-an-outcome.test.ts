import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DeliveryRecords, Lease, RecordWrite, Redrive } from '../../lambdas/contract/ports.ts';
import { startMs } from '../support/settable-clock.ts';
import { claimOf, implementations, laterClaim, leaseOf, type RecordsUnderTest } from './delivery-records-under-test.ts';

const outcomes: readonly [string, (records: DeliveryRecords, lease: Lease) => Promise<RecordWrite>][] = [
  ['recordDelivered', ({ recordDelivered }, lease) => recordDelivered(lease, { attempts: 1, deliveredAtMs: startMs })],
  ['recordRetry', ({ recordRetry }, lease) => recordRetry(lease, { attempts: 1, nextAttemptAtMs: startMs + 5_000 })],
  ['handBack', ({ handBack }, lease) => handBack(lease, startMs + 5_000)],
  ['recordFailed', ({ recordFailed }, lease) => recordFailed(lease, { attempts: 1 })],
];

describe.each(implementations)('an outcome recorded %s', (_where, open) => {
  let port: RecordsUnderTest;
  beforeAll(async () => {
    port = await open();
  });
  afterAll(() => port.close());

  test('of a delivery says when, after how many attempts, and that nobody owns it', async () => {
    const claim = claimOf();
    await port.records.claim(claim);
    const outcome = { attempts: 2, lastStatus: 204, deliveredAtMs: startMs + 321 };
    expect(await port.records.recordDelivered(leaseOf(claim), outcome)).toBe('written');
    const record = await port.read(claim.eventId);
    expect(record).toMatchObject({ status: 'delivered', ...outcome });
    expect(record).not.toHaveProperty('leaseOwner');
    expect(record).not.toHaveProperty('lastError');
  });

  test('of a failure keeps its cause', async () => {
    const claim = claimOf();
    await port.records.claim(claim);
    const outcome = {
      attempts: 3,
      lastStatus: 400,
      lastError: 'HTTP 400',
      lastAnswer: '{"error":"no such order \u2603"}',
    };
    expect(await port.records.recordFailed(leaseOf(claim), outcome)).toBe('written');
    const record = await port.read(claim.eventId);
    expect(record).toMatchObject({ status: 'failed', ...outcome });
    expect(record).not.toHaveProperty('leaseOwner');
  });

  test('of a retry holds off every other claim until the next attempt is due', async () => {
    const first = claimOf();
    await port.records.claim(first);
    const failure = { attempts: 1, lastStatus: 503, lastError: 'HTTP 503', lastAnswer: 'try later' };
    const retry = { ...failure, nextAttemptAtMs: startMs + 300_000 };
    expect(await port.records.recordRetry(leaseOf(first), retry)).toBe('written');
    expect(await port.read(first.eventId)).toMatchObject({ status: 'delivering', ...failure });
    const held = { kind: 'held', untilMs: retry.nextAttemptAtMs };
    expect(await port.records.claim(laterClaim(first, 30_000))).toEqual(held);
    expect(await port.records.claim(laterClaim(first, 299_999))).toEqual(held);
    expect(await port.records.claim(laterClaim(first, 300_000))).toMatchObject({ kind: 'claimed', attempts: 1 });
  });

  test('of a retry tells the next claim when the destination last failed the event', async () => {
    const first = claimOf();
    expect(await port.records.claim(first)).not.toHaveProperty('lastFailedAtMs', expect.any(Number));
    const failed = { attempts: 0, nextAttemptAtMs: startMs + 5_000, failedAtMs: startMs + 123 };
    await port.records.recordRetry(leaseOf(first), failed);
    const second = laterClaim(first, 5_000);
    expect(await port.records.claim(second)).toMatchObject({ attempts: 0, lastFailedAtMs: startMs + 123 });
    // Too fast for the destination: that is no failure of the event.
    await port.records.recordRetry(leaseOf(second), { attempts: 0, nextAttemptAtMs: startMs + 9_000 });
    expect(await port.records.claim(laterClaim(first, 9_000))).toMatchObject({ lastFailedAtMs: startMs + 123 });
  });

  test.each<Redrive>([{ kind: 'by-operator', atMs: startMs + 60_000 }, { kind: 'by-sqs' }])(
    'of a retry is forgotten when the event is redriven: $kind',
    async (redrive) => {
      const first = claimOf();
      await port.records.claim(first);
      const failed = { attempts: 1, nextAttemptAtMs: startMs + 5_000, failedAtMs: startMs };
      await port.records.recordRetry(leaseOf(first), failed);
      const second = laterClaim(first, 5_000);
      await port.records.claim(second);
      await port.records.recordFailed(leaseOf(second), { attempts: 2 });
      const redriven = laterClaim(first, 90_000, { redrive });
      expect(await port.records.claim(redriven)).toEqual({ kind: 'claimed', lease: leaseOf(redriven), attempts: 0 });
    },
  );

  test('of a retry holds off its own owner too', async () => {
    const first = claimOf();
    await port.records.claim(first);
    await port.records.recordRetry(leaseOf(first), { attempts: 1, nextAttemptAtMs: startMs + 300_000 });
    expect(await port.records.claim(first)).toEqual({ kind: 'held', untilMs: startMs + 300_000 });
  });

  test('of a retry that is due before the lease would have ended lets the next claim in early', async () => {
    const first = claimOf();
    await port.records.claim(first);
    await port.records.recordRetry(leaseOf(first), { attempts: 1, nextAttemptAtMs: startMs + 5_000 });
    expect(await port.records.claim(laterClaim(first, 5_000))).toMatchObject({ kind: 'claimed', attempts: 1 });
  });

  test('counts attempts on over claims and dead owners', async () => {
    const first = claimOf();
    await port.records.claim(first);
    await port.records.recordRetry(leaseOf(first), { attempts: 1, nextAttemptAtMs: startMs + 5_000 });
    const second = laterClaim(first, 5_000);
    await port.records.claim(second);
    const third = laterClaim(second, 25_000, { owner: 'owner-c' });
    expect(await port.records.claim(third)).toMatchObject({ kind: 'claimed', attempts: 1 });
    await port.records.recordRetry(leaseOf(third), { attempts: 2, nextAttemptAtMs: third.nowMs + 10_000 });
    expect(await port.records.claim(laterClaim(third, 10_000))).toMatchObject({ kind: 'claimed', attempts: 2 });
  });

  test('leaves nothing of the attempt before it', async () => {
    const first = claimOf();
    await port.records.claim(first);
    const failure = { attempts: 1, lastStatus: 503, lastError: 'HTTP 503', lastAnswer: 'try later' };
    await port.records.recordRetry(leaseOf(first), { ...failure, nextAttemptAtMs: startMs + 5_000 });
    const second = laterClaim(first, 5_000);
    await port.records.claim(second);
    await port.records.recordRetry(leaseOf(second), {
      attempts: 2,
      lastError: 'ECONNREFUSED',
      nextAttemptAtMs: startMs,
    });
    const record = await port.read(first.eventId);
    expect(record).toMatchObject({ attempts: 2, lastError: 'ECONNREFUSED' });
    expect(record).not.toHaveProperty('lastStatus');
    expect(record).not.toHaveProperty('lastAnswer');
  });

  test('of a delivery leaves nothing of the failures before it', async () => {
    const first = claimOf();
    await port.records.claim(first);
    const failure = { attempts: 1, lastStatus: 503, lastError: 'HTTP 503', lastAnswer: 'try later' };
    await port.records.recordRetry(leaseOf(first), { ...failure, nextAttemptAtMs: startMs + 5_000 });
    const second = laterClaim(first, 5_000);
    await port.records.claim(second);
    await port.records.recordDelivered(leaseOf(second), { attempts: 2, lastStatus: 200, deliveredAtMs: startMs });
    const record = await port.read(first.eventId);
    expect(record).not.toHaveProperty('lastError');
    expect(record).not.toHaveProperty('lastAnswer');
  });

  test('is not one that hands the event back: what the last attempt left stays, also its answer', async () => {
    const first = claimOf();
    await port.records.claim(first);
    const failure = { attempts: 1, lastStatus: 503, lastError: 'HTTP 503', lastAnswer: 'try later' };
    await port.records.recordRetry(leaseOf(first), { ...failure, nextAttemptAtMs: startMs + 5_000 });
    const second = laterClaim(first, 5_000);
    await port.records.claim(second);
    expect(await port.records.handBack(leaseOf(second), startMs + 65_000)).toBe('written');
    const record = await port.read(first.eventId);
    expect(record).toMatchObject({ status: 'delivering', ...failure, leaseExpiresAtMs: startMs + 65_000 });
    expect(record).not.toHaveProperty('leaseOwner');
    const held = { kind: 'held', untilMs: startMs + 65_000 };
    expect(await port.records.claim(laterClaim(first, 64_999))).toEqual(held);
    expect(await port.records.claim(laterClaim(first, 65_000))).toMatchObject({ kind: 'claimed', attempts: 1 });
  });

  test.each(outcomes)('by a stale owner changes nothing: %s', async (_name, record) => {
    const first = claimOf();
    await port.records.claim(first);
    await port.records.claim(laterClaim(first, 25_000));
    const before = await port.read(first.eventId);
    expect(await record(port.records, leaseOf(first))).toBe('lease-lost');
    expect(await port.read(first.eventId)).toEqual(before);
  });

  test.each(outcomes)('a second time by the same owner changes nothing: %s', async (_name, record) => {
    const claim = claimOf();
    await port.records.claim(claim);
    await port.records.recordFailed(leaseOf(claim), { attempts: 1, lastError: 'HTTP 400' });
    const before = await port.read(claim.eventId);
    expect(await record(port.records, leaseOf(claim))).toBe('lease-lost');
    expect(await port.read(claim.eventId)).toEqual(before);
  });

  test.each(outcomes)('of an event that nobody claimed makes no record: %s', async (_name, record) => {
    const claim = claimOf();
    expect(await record(port.records, leaseOf(claim))).toBe('lease-lost');
    expect(await port.read(claim.eventId)).toEqual({});
  });
});
