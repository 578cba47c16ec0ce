import { describe, expect, test } from '@jest/globals';
import { number } from '../../lambdas/contract/message-attributes.ts';
import { writePointer } from '../../lambdas/contract/payload-pointer.ts';
import { deliver } from '../../lambdas/processor/deliver.ts';
import type { ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import { unavailable } from '../support/fail-calls.ts';
import {
  freePass,
  functionTimeoutMs,
  type ProcessorWorld,
  processorWorld,
  settings,
} from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { eventId, receivedMessage, route } from '../support/sqs-record.ts';

const key = `payloads/${route}/5d1a7a3e`;
const offloaded = receivedMessage({
  body: writePointer({ bucket: 'payload-bucket', key }),
  attributes: { ...receivedMessage().attributes, ExtendedPayloadSize: number(300_000) },
});

function deliverWith(world: ProcessorWorld, changes: Partial<ProcessorContext>, message = receivedMessage()) {
  return deliver({ ...world.context, ...changes }, message, freePass, world.clock.now() + functionTimeoutMs);
}

describe('delivery records that are down', () => {
  test('at the claim: no POST is made, and the message is kept for longer with each receive', async () => {
    const world = processorWorld();
    const records = { ...world.records, claim: unavailable };
    const why = 'service-unavailable';
    expect(await deliverWith(world, { records })).toEqual({ kind: 'keep', hideSeconds: 4, why });
    const later = await deliverWith(world, { records }, receivedMessage({ receiveCount: 5 }));
    expect(later).toEqual({ kind: 'keep', hideSeconds: 60, why });
    expect(world.destination.requests).toEqual([]);
    expect(world.steps.slice(0, 2)).toMatchObject([
      { step: 'fault', during: 'claiming the event' },
      { step: 'waiting', why: 'service-unavailable', inSeconds: 4 },
    ]);
  });

  test.each([
    ['delivered', 200, { recordDelivered: unavailable }],
    ['to be retried', 500, { recordRetry: unavailable }],
  ])(
    'after the POST of an event that was %s: the message is kept until the lease ends',
    async (_what, status, down) => {
      const world = processorWorld([answered(status)]);
      const records = { ...world.records, ...down };
      expect(await deliverWith(world, { records })).toEqual({ kind: 'keep', hideSeconds: 26 });
      // The lease stays: nobody repeats the POST before it ends.
      expect(world.records.read(eventId)).toMatchObject({ status: 'delivering', leaseOwner: 'owner-1', attempts: 0 });
    },
  );
});

describe('a payload that cannot be had just now', () => {
  test('makes no POST and counts no attempt; the event is free again after the backoff', async () => {
    const world = processorWorld();
    const payloads = { ...world.payloads, get: unavailable };
    const kept = await deliverWith(world, { payloads }, offloaded);
    expect(kept).toEqual({ kind: 'keep', hideSeconds: 4, why: 'service-unavailable' });
    expect(world.destination.requests).toEqual([]);
    expect(world.deadLetters).toEqual([]);
    const record = world.records.read(eventId);
    expect(record).toMatchObject({ status: 'delivering', attempts: 0, leaseExpiresAtMs: startMs + 4_000 });
    expect(record).not.toHaveProperty('leaseOwner');

    world.clock.advance(4_000);
    await world.payloads.put(key, Buffer.from('large'), undefined);
    expect(await deliverWith(world, {}, offloaded)).toEqual({ kind: 'acknowledge' });
    expect(world.destination.requests[0]?.headers).toMatchObject({ 'x-relay-attempt': '1' });
  });

  test('that leaves a POST less than its whole time is not posted in a hurry', async () => {
    const world = processorWorld();
    const slow = {
      ...world.payloads,
      get: async () => {
        // 3 s are kept for what follows a POST.
        world.clock.advance(functionTimeoutMs - 3_000 - settings.timeoutMs + 1);
        return Buffer.from('large');
      },
    };
    expect(await deliverWith(world, { payloads: slow }, offloaded)).toMatchObject({ kind: 'keep' });
    expect(world.destination.requests).toEqual([]);
    expect(world.records.read(eventId)).toMatchObject({ attempts: 0 });
  });

  test('leaves the message for the end of the lease when the lease cannot be given up either', async () => {
    const world = processorWorld();
    const payloads = { ...world.payloads, get: unavailable };
    const records = { ...world.records, handBack: unavailable };
    expect(await deliverWith(world, { payloads, records }, offloaded)).toEqual({ kind: 'keep', hideSeconds: 26 });
  });
});

describe('a signing secret that cannot be had just now', () => {
  test('makes no POST and counts no attempt; the event is free again after the backoff', async () => {
    const world = processorWorld();
    const kept = await deliverWith(world, { credentials: unavailable });
    expect(kept).toEqual({ kind: 'keep', hideSeconds: 4, why: 'service-unavailable' });
    expect(world.destination.requests).toEqual([]);
    expect(world.deadLetters).toEqual([]);
    expect(world.records.read(eventId)).toMatchObject({ attempts: 0, leaseExpiresAtMs: startMs + 4_000 });
    expect(world.steps.slice(0, 1)).toMatchObject([{ step: 'fault', during: 'loading what is to be posted' }]);

    world.clock.advance(4_000);
    expect(await deliverWith(world, {})).toEqual({ kind: 'acknowledge' });
    expect(world.destination.requests[0]?.headers).toMatchObject({ 'x-relay-attempt': '1' });
  });

  test('is waited for until SQS would delete the message, which is then a dead letter', async () => {
    const world = processorWorld();
    const old = receivedMessage({ sentAtMs: startMs - settings.queueRetentionMs + 3_600_000 });
    expect(await deliverWith(world, { credentials: unavailable }, old)).toEqual({ kind: 'acknowledge' });
    expect(world.steps).toContainEqual(expect.objectContaining({ step: 'dead-letter', cause: 'retention-reached' }));
  });
});

test('a port that breaks its promise never to reject is a fault, and the event is kept', async () => {
  const world = processorWorld();
  const post = async () => {
    throw new TypeError('a bug');
  };
  expect(await deliverWith(world, { post })).toEqual({ kind: 'keep', hideSeconds: 26 });
  expect(world.steps).toMatchObject([{ step: 'fault', error: 'TypeError: a bug' }]);
});
