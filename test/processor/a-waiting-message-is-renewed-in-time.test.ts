import { describe, expect, test } from '@jest/globals';
import { number, text } from '../../lambdas/contract/message-attributes.ts';
import { processBatch } from '../../lambdas/processor/process-batch.ts';
import type { Disposition, ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';
import { renewWaiting } from '../../lambdas/processor/renew-message.ts';
import { setAside } from '../../lambdas/processor/set-aside.ts';
import { unavailable } from '../support/fail-calls.ts';
import { memoryQueue } from '../support/memory-queue.ts';
import { batchOf } from '../support/message-batch.ts';
import { processorWorld, settings } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { drainQueue } from '../support/simulated-queue.ts';
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

  test('stays in its trace, as a dead letter does', async () => {
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const { sentAgain } = await renew({ ...worn, traceHeader }, keep(120));
    expect(sentAgain).toMatchObject([{ message: { traceHeader } }]);
    const world = processorWorld();
    await setAside(world.context, { ...worn, traceHeader }, eventId, { cause: 'rejected', error: 'HTTP 400' });
    expect(world.deadLetters).toMatchObject([{ traceHeader }]);
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

describe('a message that a pause could make too old for SQS', () => {
  const hourMs = 3_600_000;
  /** Half the retention, after which a paused route is emptied, less the 12 h that are kept for that. */
  const oldestMs = queueRetentionMs / 2 - 12 * hourMs;
  const aged = (ageMs: number, changes: Partial<ReceivedMessage> = {}) =>
    receivedMessage({ sentAtMs: startMs - ageMs, ...changes });
  const receivedAgo = (agoMs: number) => ({ ...receivedMessage().attributes, ReceivedAt: number(startMs - agoMs) });

  test('is put on its queue anew when it would come back older than three days', async () => {
    expect((await renew(aged(oldestMs - hourMs), keep(3_600))).disposition).toEqual(keep(3_600));

    const { disposition, sentAgain, steps } = await renew(aged(oldestMs - hourMs + 1), keep(3_600));
    expect(disposition).toEqual({ kind: 'acknowledge' });
    expect(sentAgain).toMatchObject([{ message: { body: receivedMessage().body }, delaySeconds: 900 }]);
    expect(steps).toEqual([{ step: 'renewed', route, eventId, receives: 1 }]);
  });

  test('is not renewed again each time it is received, however long its wait', async () => {
    const daysOfWait = keep(6 * 86_400);
    expect((await renew(aged(oldestMs), daysOfWait)).sentAgain).toHaveLength(1);
    expect((await renew(aged(900_000), daysOfWait)).disposition).toEqual(daysOfWait);
  });

  test('is set aside at once where its event has been here for the retention already', async () => {
    const attributes = receivedAgo(queueRetentionMs);
    const old = aged(oldestMs, { attributes });
    const { disposition, sentAgain, deadLetters } = await renew(old, keep(3_600));
    expect(disposition).toEqual({ kind: 'acknowledge' });
    expect(sentAgain).toEqual([]);
    const { body } = old;
    expect(deadLetters).toEqual([{ body, attributes: { ...attributes, Cause: text('retention-reached') } }]);
    expect((await renew(aged(oldestMs - hourMs, { attributes }), keep(3_600))).disposition).toEqual(keep(3_600));
  });

  test('stays where it is when it cannot be set aside', async () => {
    const world = processorWorld([], { sendToDeadLetters: unavailable });
    const old = aged(oldestMs, { attributes: receivedAgo(queueRetentionMs) });
    const { disposition, steps } = await renew(old, keep(3_600), world);
    expect(disposition).toEqual(keep(3_600));
    expect(steps).toMatchObject([{ step: 'fault', eventId, during: 'setting the old message aside' }]);
  });

  test('is never older than three days in a retry schedule of six', async () => {
    const retry = { maxAttempts: 8, baseSeconds: 70_000, capSeconds: 70_000 };
    const script = Array.from({ length: retry.maxAttempts }, () => answered(503));
    const world = processorWorld(script, { settings: { ...settings, retry }, random: () => 0.999 });
    /** When each message of the event came to its end, and the next one took its place. */
    const endsMs: number[] = [];
    const log: ProcessorContext['log'] = (step) => {
      if (step.step === 'renewed' || step.step === 'dead-letter') endsMs.push(world.clock.now());
      world.context.log(step);
    };
    await drainQueue({ ...world, context: { ...world.context, log } }, [receivedMessage()]);
    expect(world.destination.requests).toHaveLength(retry.maxAttempts);
    expect(world.deadLetters).toMatchObject([{ attributes: { Cause: text('attempts-exhausted') } }]);
    expect(endsMs.at(-1)).toBeGreaterThan(startMs + 5 * 86_400_000);
    const agesMs = endsMs.map((endMs, index) => endMs - (endsMs[index - 1] ?? startMs));
    expect(Math.max(...agesMs)).toBeLessThanOrEqual(oldestMs);
    // One message takes over from another, and no more often than it must.
    expect(agesMs).toHaveLength(2);
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
