import { describe, expect, test } from '@jest/globals';
import { text } from '../../lambdas/contract/message-attributes.ts';
import { processBatch } from '../../lambdas/processor/process-batch.ts';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';
import { hangs, unavailable } from '../support/fail-calls.ts';
import { memoryQueue } from '../support/memory-queue.ts';
import { functionTimeoutMs, processorWorld } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { receivedMessage, route } from '../support/sqs-record.ts';
import { waitUntil } from '../support/wait-until.ts';

function message(id: string): ReceivedMessage {
  return receivedMessage({
    messageId: `message-${id}`,
    receiptHandle: `receipt-${id}`,
    body: id,
    attributes: { EventId: text(id), Route: text(route) },
  });
}

function batchOf(...ids: string[]) {
  return {
    messages: ids.map(message),
    invokedAtMs: startMs,
    functionEndsAtMs: startMs + functionTimeoutMs,
    functionEnding: hangs(),
  };
}

/** A destination that answers by what is in the body. */
function byBody(answers: Readonly<Record<string, number>>) {
  return async ({ body }: { body: Uint8Array }) => answered(answers[Buffer.from(body).toString()] ?? 200);
}

describe('a batch', () => {
  test('reports the messages that are to stay, and only those', async () => {
    const { hidden, hide } = memoryQueue();
    const world = processorWorld([], { post: byBody({ b: 500, c: 400, d: 423 }) });
    const kept = await processBatch(world.context, batchOf('a', 'b', 'c', 'd', 'e'), hide);
    expect(kept).toEqual(['message-b', 'message-d']);
    expect(hidden).toEqual([
      { receiptHandle: 'receipt-b', seconds: 3 },
      { receiptHandle: 'receipt-d', seconds: 3 },
    ]);
    expect(world.deadLetters.map(({ body }) => body)).toEqual(['c']);
  });

  test('of none reports none', async () => {
    const world = processorWorld();
    expect(await processBatch(world.context, batchOf(), memoryQueue().hide)).toEqual([]);
  });

  test('delivers the others when the records of one are down', async () => {
    const world = processorWorld();
    const { claim } = world.records;
    const records: typeof world.records = {
      ...world.records,
      claim: (request) => (request.eventId === 'b' ? unavailable() : claim(request)),
    };
    const kept = await processBatch({ ...world.context, records }, batchOf('a', 'b', 'c'), memoryQueue().hide);
    expect(kept).toEqual(['message-b']);
    expect(world.destination.requests).toHaveLength(2);
  });

  test('delivers the others when the destination throws at one', async () => {
    const world = processorWorld();
    const { post } = world.destination;
    const context: typeof world.context = {
      ...world.context,
      post: async (request) => {
        if (Buffer.from(request.body).toString() === 'b') throw new RangeError('a bug');
        return post(request);
      },
    };
    expect(await processBatch(context, batchOf('a', 'b', 'c'), memoryQueue().hide)).toEqual(['message-b']);
  });

  test('is reported before the function ends although one message hangs, and only that one comes back', async () => {
    const world = processorWorld();
    const { post } = world.destination;
    const context: typeof world.context = {
      ...world.context,
      post: (request) => (Buffer.from(request.body).toString() === 'a' ? hangs() : post(request)),
    };
    const ending = Promise.withResolvers<void>();
    const reported = processBatch(
      context,
      { ...batchOf('a', 'b', 'c'), functionEnding: ending.promise },
      memoryQueue().hide,
    );
    const isDelivered = (id: string) => world.records.read(id)?.status === 'delivered';
    await waitUntil('b and c are delivered', () => isDelivered('b') && isDelivered('c'));
    ending.resolve();
    expect(await reported).toEqual(['message-a']);

    world.clock.advance(functionTimeoutMs);
    const again = { ...batchOf('a'), invokedAtMs: world.clock.now(), functionEndsAtMs: startMs + 60_000 };
    expect(await processBatch(world.context, again, memoryQueue().hide)).toEqual([]);
    expect(world.destination.requests.map(({ body }) => Buffer.from(body).toString())).toEqual(['b', 'c', 'a']);
  });

  test('posts one of two copies of an event, and keeps the other', async () => {
    const { hidden, hide } = memoryQueue();
    const world = processorWorld();
    const copy = { ...message('a'), messageId: 'copy', receiptHandle: 'receipt-of-the-copy' };
    const kept = await processBatch(world.context, { ...batchOf(), messages: [message('a'), copy] }, hide);
    expect(kept).toEqual(['copy']);
    expect(world.destination.requests).toHaveLength(1);
    expect(hidden).toEqual([{ receiptHandle: 'receipt-of-the-copy', seconds: 26 }]);
  });
});

describe('a message that is to stay', () => {
  test('stays although it could not be hidden: the record holds the time of its next attempt', async () => {
    const world = processorWorld([answered(500)]);
    expect(await processBatch(world.context, batchOf('a', 'b'), unavailable)).toEqual(['message-a', 'message-b']);
    expect(world.steps.filter(({ step }) => step === 'fault')).toHaveLength(2);
    expect(world.records.read('a')).toMatchObject({ leaseExpiresAtMs: startMs + 3_000 });
  });

  test('is hidden no longer than SQS allows, counted from its receive', async () => {
    const { hidden, hide } = memoryQueue();
    const retry = { maxAttempts: 3, baseSeconds: 43_200, capSeconds: 43_200 };
    const base = processorWorld([answered(500)]);
    const context = { ...base.context, settings: { ...base.context.settings, retry }, random: () => 0.999_999 };
    await processBatch(context, batchOf('a'), hide);
    expect(hidden).toEqual([{ receiptHandle: 'receipt-a', seconds: 43_140 }]);
    expect(base.records.read('a')).toMatchObject({ leaseExpiresAtMs: startMs + 43_200_000 });
  });
});
