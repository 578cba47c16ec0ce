import { describe, expect, test } from '@jest/globals';
import { number, text } from '../../lambdas/contract/message-attributes.ts';
import { processBatch } from '../../lambdas/processor/process-batch.ts';
import type { Disposition } from '../../lambdas/processor/processor-context.ts';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';
import { renewWaiting } from '../../lambdas/processor/renew-message.ts';
import { unavailable } from '../support/fail-calls.ts';
import { memoryQueue } from '../support/memory-queue.ts';
import { batchOf } from '../support/message-batch.ts';
import { processorWorld, settings } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { eventId, receivedMessage, route } from '../support/sqs-record.ts';

const { renewAfterReceives, queueRetentionMs } = settings;
const worn = receivedMessage({ receiveCount: renewAfterReceives });
const keep = (hideSeconds: number): Disposition => ({ kind: 'keep', hideSeconds, why: 'route-paused' });

async function renew(message: ReceivedMessage, disposition: Disposition, world = processorWorld()) {
  return { disposition: await renewWaiting(world.context, message, disposition), ...world };
}

describe('a message that is to wait', () => {
  test('is put on its queue anew from a number of receives on, and not before', async () => {
    const fresh = await renew(receivedMessage({ receiveCount: renewAfterReceives - 1 }), keep(120));
    expect(fresh.disposition).toEqual(keep(120));
    expect(fresh.sentAgain).toEqual([]);

    const { disposition, sentAgain, steps } = await renew(worn, keep(120));
    expect(disposition).toEqual({ kind: 'acknowledge' });
    const { body, attributes } = worn;
    expect(sentAgain).toEqual([{ message: { body, attributes }, delaySeconds: 120 }]);
    expect(steps).toEqual([{ step: 'renewed', route, eventId, receives: renewAfterReceives }]);
  });

  test('waits no longer there than SQS allows: its record tells the rest', async () => {
    expect((await renew(worn, keep(21_600))).sentAgain).toMatchObject([{ delaySeconds: 900 }]);
  });

  test('tells when it was received, which its new message would not', async () => {
    const byHand = { ...worn, attributes: { Whatever: text('stays') }, sentAtMs: startMs - 5_000 };
    const { sentAgain } = await renew(byHand, keep(1));
    const attributes = { Whatever: text('stays'), ReceivedAt: number(startMs - 5_000) };
    expect(sentAgain).toMatchObject([{ message: { body: byHand.body, attributes } }]);
  });

  test('keeps the attributes of the relay when it has as many as SQS takes', async () => {
    const others = Object.fromEntries([...Array(10)].map((_, index) => [`X${index}`, text('x')]));
    const { sentAgain } = await renew({ ...worn, attributes: { ...others, EventId: text('e') } }, keep(1));
    const names = Object.keys(sentAgain[0]?.message.attributes ?? {});
    expect(names).toHaveLength(10);
    expect(names).toEqual(expect.arrayContaining(['EventId', 'ReceivedAt']));
  });

  test('stays where it is when the new one cannot be sent', async () => {
    const world = processorWorld([], { sendAgain: unavailable });
    const { disposition, steps } = await renew(worn, keep(120), world);
    expect(disposition).toEqual(keep(120));
    expect(steps).toMatchObject([{ step: 'fault', eventId, during: 'putting the message on its queue anew' }]);
  });

  test('is not renewed for ever: no longer than the retention, counted from its receipt or its redrive', async () => {
    const receivedAt = (agoMs: number) => ({ ...worn.attributes, ReceivedAt: number(startMs - agoMs) });
    const old = { ...worn, attributes: receivedAt(queueRetentionMs) };
    expect((await renew(old, keep(120))).disposition).toEqual(keep(120));
    const younger = { ...worn, attributes: receivedAt(queueRetentionMs - 1) };
    expect((await renew(younger, keep(120))).disposition).toEqual({ kind: 'acknowledge' });
    const redriven = { ...worn, attributes: { ...old.attributes, RedrivenAt: number(startMs - 60_000) } };
    expect((await renew(redriven, keep(120))).disposition).toEqual({ kind: 'acknowledge' });
  });

  test('whose attributes make no sense is renewed as it is', async () => {
    const { sentAgain } = await renew({ ...worn, attributes: { EventId: text('') } }, keep(1));
    expect(sentAgain).toHaveLength(1);
  });
});

test('a message that is done is not put anywhere', async () => {
  const { disposition, sentAgain } = await renew(worn, { kind: 'acknowledge' });
  expect(disposition).toEqual({ kind: 'acknowledge' });
  expect(sentAgain).toEqual([]);
});

test('a batch acknowledges the message that was renewed, once the new one is on the queue, and hides it not', async () => {
  const { hide, hidden } = memoryQueue();
  const world = processorWorld([answered(503)]);
  expect(await processBatch(world.context, batchOf(world, [worn]), hide)).toEqual([]);
  expect(world.sentAgain).toHaveLength(1);
  expect(hidden).toEqual([]);

  const down = processorWorld([answered(503)], { sendAgain: unavailable });
  expect(await processBatch(down.context, batchOf(down, [worn]), hide)).toEqual([worn.messageId]);
  expect(hidden).toMatchObject([{ receiptHandle: worn.receiptHandle }]);
});
