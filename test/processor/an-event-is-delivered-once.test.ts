import { describe, expect, test } from '@jest/globals';
import { number } from '../../lambdas/contract/message-attributes.ts';
import { writePointer } from '../../lambdas/contract/payload-pointer.ts';
import { deliver } from '../../lambdas/processor/deliver.ts';
import { hangs } from '../support/fail-calls.ts';
import { freePass, functionTimeoutMs, type ProcessorWorld, processorWorld } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { drainQueue } from '../support/simulated-queue.ts';
import { eventId, receivedMessage, route } from '../support/sqs-record.ts';

function deliverIn(world: ProcessorWorld, message = receivedMessage()) {
  return deliver(world.context, message, freePass, world.clock.now() + functionTimeoutMs);
}

describe('an event that the destination takes', () => {
  test('is posted, recorded as delivered and acknowledged', async () => {
    const world = processorWorld();
    expect(await deliverIn(world)).toEqual({ kind: 'acknowledge' });
    expect(world.destination.requests).toMatchObject([
      { body: Buffer.from('{"id":"message-1"}'), headers: { 'webhook-id': eventId, 'x-relay-attempt': '1' } },
    ]);
    expect(world.records.read(eventId)).toEqual({
      pk: `event#${route}#${eventId}`,
      status: 'delivered',
      attempts: 1,
      lastStatus: 200,
      leaseExpiresAtMs: startMs + 25_000,
      firstReceivedAtMs: startMs - 40,
      deliveredAtMs: startMs,
      expiresAtSeconds: 1_772_619_323 + 30 * 86_400,
    });
    const told = { status: 200, tookMs: 0, sinceReceiptMs: 40 };
    expect(world.steps).toEqual([{ step: 'delivered', route, eventId, attempt: 1, ...told }]);
  });

  test('is posted from the bucket where it was offloaded', async () => {
    const world = processorWorld();
    const key = `payloads/${route}/5d1a7a3e`;
    await world.payloads.put(key, Buffer.from('a large body'), undefined);
    const attributes = { ...receivedMessage().attributes, ExtendedPayloadSize: number(12) };
    const body = writePointer({ bucket: world.payloads.bucket, key });
    expect(await deliverIn(world, receivedMessage({ body, attributes }))).toEqual({ kind: 'acknowledge' });
    expect(Buffer.from(world.destination.requests[0]?.body ?? []).toString()).toBe('a large body');
  });
});

describe('a duplicate', () => {
  test('of a delivered event is acknowledged without a POST', async () => {
    const world = processorWorld();
    await deliverIn(world);
    expect(await deliverIn(world, receivedMessage({ messageId: 'copy' }))).toEqual({ kind: 'acknowledge' });
    expect(world.destination.requests).toHaveLength(1);
    expect(world.steps.at(-1)).toEqual({ step: 'duplicate', route, eventId, of: 'delivered' });
  });

  test('of a dead letter is acknowledged without a POST', async () => {
    const world = processorWorld([answered(400)]);
    await deliverIn(world);
    expect(await deliverIn(world, receivedMessage({ messageId: 'copy' }))).toEqual({ kind: 'acknowledge' });
    expect(world.destination.requests).toHaveLength(1);
    expect(world.steps.at(-1)).toEqual({ step: 'duplicate', route, eventId, of: 'dead-letter' });
  });

  test('of an event under way waits until a second after the lease, and is not acknowledged before', async () => {
    const world = processorWorld([], { post: hangs });
    void deliverIn(world);
    world.clock.advance(4_500);
    const copy = await deliverIn(world, receivedMessage({ messageId: 'copy' }));
    // 20.5 s are left of the lease of 25 s: rounded up, and one more for clocks that disagree.
    expect(copy).toEqual({ kind: 'keep', hideSeconds: 22, why: 'another-delivery-holds-it' });
    expect(world.steps).toEqual([{ step: 'waiting', route, eventId, inSeconds: 22, why: 'another-delivery-holds-it' }]);
  });

  test('of an event in backoff cannot jump it', async () => {
    const world = processorWorld([answered(503), answered(200)]);
    expect(await deliverIn(world)).toEqual({ kind: 'keep', hideSeconds: 3 });
    world.clock.advance(1_000);
    const copy = await deliverIn(world, receivedMessage({ messageId: 'copy' }));
    expect(copy).toEqual({ kind: 'keep', hideSeconds: 3, why: 'another-delivery-holds-it' });
    expect(world.destination.requests).toHaveLength(1);
  });

  test.each([2, 3, 5])('among %d copies on the queue makes no second POST', async (copies) => {
    const world = processorWorld([answered(500), { kind: 'unreachable', code: 'ECONNREFUSED' }, answered(200)]);
    const messages = Array.from({ length: copies }, (_, index) =>
      receivedMessage({ messageId: `copy-${index}`, receiptHandle: `receipt-${index}` }),
    );
    await drainQueue(world, messages);
    expect(world.destination.requests.map(({ headers }) => headers['x-relay-attempt'])).toEqual(['1', '2', '3']);
    expect(world.records.read(eventId)).toMatchObject({ status: 'delivered', attempts: 3 });
    expect(world.deadLetters).toEqual([]);
  });
});

describe('an invocation that is nearly over', () => {
  test('leaves the event alone: no claim, no POST, and the message is seen at once', async () => {
    const world = processorWorld();
    // The timeout of the route, and 3 s for what follows a POST: one that we cut short would blame the destination.
    const disposition = await deliver(world.context, receivedMessage(), freePass, startMs + 12_999);
    expect(disposition).toEqual({ kind: 'keep', hideSeconds: 0, why: 'too-little-time' });
    expect(world.records.read(eventId)).toBeUndefined();
    expect(world.destination.requests).toEqual([]);
    expect(world.steps).toEqual([{ step: 'waiting', route, eventId, inSeconds: 0, why: 'too-little-time' }]);
  });

  test('gives the destination the whole timeout of the route, however much more there is', async () => {
    for (const functionEndsAtMs of [startMs + 13_000, startMs + 25_000]) {
      const world = processorWorld();
      await deliver(world.context, receivedMessage(), freePass, functionEndsAtMs);
      expect(world.destination.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000]);
    }
  });
});
