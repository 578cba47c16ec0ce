import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Redrive } from '../../lambdas/contract/ports.ts';
import { startMs } from '../support/settable-clock.ts';
import { claimOf, implementations, laterClaim, leaseOf, type RecordsUnderTest } from './delivery-records-under-test.ts';

const byOperator = { kind: 'by-operator', atMs: startMs + 60_000 } as const;
const redrives: readonly Redrive[] = [byOperator, { kind: 'by-sqs' }];

describe.each(implementations)('a claim %s', (_where, open) => {
  let port: RecordsUnderTest;
  beforeAll(async () => {
    port = await open();
  });
  afterAll(() => port.close());

  test('gives a new event to whoever asks, with no attempt made', async () => {
    const claim = claimOf();
    expect(await port.records.claim(claim)).toEqual({ kind: 'claimed', lease: leaseOf(claim), attempts: 0 });
    expect(await port.read(claim.eventId)).toEqual({
      pk: `event#open-messaging#${claim.eventId}`,
      status: 'delivering',
      leaseOwner: 'owner-a',
      leaseExpiresAtMs: claim.leaseExpiresAtMs,
      attempts: 0,
      firstReceivedAtMs: claim.receivedAtMs,
      expiresAtSeconds: claim.expiresAtSeconds,
    });
  });

  test('is held off until the lease of the other owner ends, to the millisecond', async () => {
    const first = claimOf();
    await port.records.claim(first);
    const held = { kind: 'held', untilMs: first.leaseExpiresAtMs };
    expect(await port.records.claim(laterClaim(first, 0))).toEqual(held);
    expect(await port.records.claim(laterClaim(first, 24_999))).toEqual(held);
    expect(await port.records.claim(laterClaim(first, 25_000))).toMatchObject({ kind: 'claimed' });
  });

  test('takes an event over from an owner that died, and keeps when it was first received', async () => {
    const first = claimOf();
    await port.records.claim(first);
    const second = laterClaim(first, 60_000, {
      receivedAtMs: first.receivedAtMs + 5_000,
      expiresAtSeconds: 1_775_999_999,
    });
    expect(await port.records.claim(second)).toEqual({ kind: 'claimed', lease: leaseOf(second), attempts: 0 });
    expect(await port.read(first.eventId)).toMatchObject({
      leaseOwner: 'owner-b',
      firstReceivedAtMs: first.receivedAtMs,
      expiresAtSeconds: 1_775_999_999,
    });
  });

  test('repeated by its own owner succeeds, because the SDK repeats a call whose answer was lost', async () => {
    const claim = claimOf();
    const answer = await port.records.claim(claim);
    expect(await port.records.claim(claim)).toEqual(answer);
  });

  test('has exactly one winner among twenty at the same moment', async () => {
    const first = claimOf();
    const claims = Array.from({ length: 20 }, (_, index) => ({ ...first, owner: `owner-${index}` }));
    const results = await Promise.all(claims.map((claim) => port.records.claim(claim)));
    expect(results.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'held')).toHaveLength(19);
  });

  test('has exactly one winner among twenty at the end of a lease', async () => {
    const first = claimOf();
    await port.records.claim(first);
    const claims = Array.from({ length: 20 }, (_, index) => laterClaim(first, 25_000, { owner: `owner-${index}` }));
    const results = await Promise.all(claims.map((claim) => port.records.claim(claim)));
    expect(results.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
  });

  test('of one event does not touch another', async () => {
    await port.records.claim(claimOf());
    expect(await port.records.claim(claimOf({ owner: 'owner-b' }))).toMatchObject({ kind: 'claimed' });
  });

  test('finds a delivered event delivered, even if it comes back from the dead letter queue', async () => {
    const first = claimOf();
    await port.records.claim(first);
    await port.records.recordDelivered(leaseOf(first), { attempts: 1, lastStatus: 200, deliveredAtMs: first.nowMs });
    expect(await port.records.claim(laterClaim(first, 90_000))).toEqual({ kind: 'delivered' });
    for (const redrive of redrives) {
      expect(await port.records.claim(laterClaim(first, 90_000, { redrive }))).toEqual({ kind: 'delivered' });
    }
  });

  test('finds a failed event failed', async () => {
    const first = claimOf();
    await port.records.claim(first);
    await port.records.recordFailed(leaseOf(first), { attempts: 3, lastStatus: 500 });
    expect(await port.records.claim(laterClaim(first, 90_000))).toEqual({ kind: 'failed' });
  });

  test.each(redrives)(
    'opens a failed event again for a dead letter redriven %j, with a fresh budget',
    async (redrive) => {
      const first = claimOf();
      await port.records.claim(first);
      await port.records.recordFailed(leaseOf(first), { attempts: 3, lastStatus: 500 });
      const redriven = laterClaim(first, 90_000, { redrive });
      expect(await port.records.claim(redriven)).toEqual({ kind: 'claimed', lease: leaseOf(redriven), attempts: 0 });
      expect(await port.read(first.eventId)).toMatchObject({
        status: 'delivering',
        leaseOwner: 'owner-b',
        attempts: 0,
      });
    },
  );

  test('opens a failed event for one of twenty copies of its dead letter', async () => {
    const first = claimOf();
    await port.records.claim(first);
    await port.records.recordFailed(leaseOf(first), { attempts: 3 });
    const claims = Array.from({ length: 20 }, (_, index) =>
      laterClaim(first, 90_000, { owner: `owner-${index}`, redrive: byOperator }),
    );
    const results = await Promise.all(claims.map((claim) => port.records.claim(claim)));
    expect(results.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'held')).toHaveLength(19);
  });

  test('gives an event back its attempts when a message that only crashed is redriven by the operator', async () => {
    const first = claimOf();
    await port.records.claim(first);
    await port.records.recordRetry(leaseOf(first), { attempts: 9, nextAttemptAtMs: startMs + 1_000 });
    const redriven = laterClaim(first, 90_000, { redrive: byOperator });
    expect(await port.records.claim(redriven)).toMatchObject({ kind: 'claimed', attempts: 0 });
  });

  test('gives it back once: the same redriven message received again goes on counting', async () => {
    const first = claimOf();
    await port.records.claim(first);
    const redriven = laterClaim(first, 90_000, { redrive: byOperator });
    await port.records.claim(redriven);
    await port.records.recordRetry(leaseOf(redriven), { attempts: 2, nextAttemptAtMs: redriven.nowMs + 1_000 });
    expect(await port.records.claim(laterClaim(redriven, 90_000))).toMatchObject({ kind: 'claimed', attempts: 2 });
  });

  test('does not open a failed event for a message that was redriven before it failed', async () => {
    const first = claimOf({ redrive: byOperator });
    await port.records.claim(first);
    await port.records.recordFailed(leaseOf(first), { attempts: 1 });
    const opened = laterClaim(first, 90_000, { redrive: { kind: 'by-operator', atMs: byOperator.atMs + 1 } });
    await port.records.claim(opened);
    await port.records.recordFailed(leaseOf(opened), { attempts: 1 });
    expect(await port.records.claim(laterClaim(opened, 90_000))).toEqual({ kind: 'failed' });
  });

  test('opens a failed event for a second redrive whose clock is behind that of the first', async () => {
    const first = claimOf({ redrive: byOperator });
    await port.records.claim(first);
    await port.records.recordFailed(leaseOf(first), { attempts: 1 });
    const second = laterClaim(first, 90_000, { redrive: { kind: 'by-operator', atMs: byOperator.atMs - 600_000 } });
    expect(await port.records.claim(second)).toMatchObject({ kind: 'claimed', attempts: 0 });
  });

  test('of a redriven event that has no record any more counts on when it is received again', async () => {
    const first = claimOf({ redrive: byOperator });
    await port.records.claim(first);
    await port.records.recordRetry(leaseOf(first), { attempts: 2, nextAttemptAtMs: first.nowMs + 1_000 });
    expect(await port.records.claim(laterClaim(first, 90_000))).toMatchObject({ kind: 'claimed', attempts: 2 });
  });

  test('does not wait for a redriven event that somebody else holds any less', async () => {
    const first = claimOf();
    await port.records.claim(first);
    const redriven = laterClaim(first, 1_000, { redrive: byOperator });
    expect(await port.records.claim(redriven)).toEqual({ kind: 'held', untilMs: first.leaseExpiresAtMs });
  });
});
