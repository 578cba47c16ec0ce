import { describe, expect, test } from '@jest/globals';
import { number, text } from '../../lambdas/contract/message-attributes.ts';
import { writePointer } from '../../lambdas/contract/payload-pointer.ts';
import { deliver } from '../../lambdas/processor/deliver.ts';
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
import { drainQueue } from '../support/simulated-queue.ts';
import { eventId, receivedMessage, route } from '../support/sqs-record.ts';

function deliverIn(world: ProcessorWorld, message = receivedMessage()) {
  return deliver(world.context, message, freePass, world.clock.now() + functionTimeoutMs);
}

describe('an event that cannot be delivered', () => {
  test('because it was rejected is a dead letter at once, with its cause', async () => {
    const world = processorWorld([answered(422)]);
    expect(await deliverIn(world)).toEqual({ kind: 'acknowledge' });
    expect(world.deadLetters).toEqual([
      {
        body: receivedMessage().body,
        attributes: {
          ...receivedMessage().attributes,
          Cause: text('rejected'),
          LastStatus: number(422),
          Attempts: number(1),
        },
      },
    ]);
    const outcome = { status: 'failed', attempts: 1, lastStatus: 422, lastError: 'HTTP 422' };
    expect(world.records.read(eventId)).toMatchObject(outcome);
    expect(world.steps).toEqual([
      { step: 'dead-letter', route, eventId, attempt: 1, cause: 'rejected', status: 422, error: 'HTTP 422', tookMs: 0 },
    ]);
  });

  test('because its attempts are used up is a dead letter after the last of them', async () => {
    const world = processorWorld([answered(500), answered(502), { kind: 'timed-out', afterMs: 10_000 }]);
    await drainQueue(world, [receivedMessage()]);
    expect(world.destination.requests).toHaveLength(settings.retry.maxAttempts);
    expect(world.deadLetters).toMatchObject([
      { attributes: { Cause: text('attempts-exhausted'), Attempts: number(settings.retry.maxAttempts) } },
    ]);
    // The last attempt had no status; that of the one before it would be misleading.
    expect(world.deadLetters[0]?.attributes).not.toHaveProperty('LastStatus');
    expect(world.records.read(eventId)).toMatchObject({ status: 'failed', lastError: 'no answer within 10000 ms' });
  });

  test('before SQS deletes its message is set aside an hour earlier', async () => {
    const world = processorWorld([answered(500)]);
    const lastMomentMs = startMs + 3_000 + 3_600_000 - settings.queueRetentionMs;
    expect(await deliverIn(world, receivedMessage({ sentAtMs: lastMomentMs }))).toMatchObject({ kind: 'keep' });
    world.clock.advance(10_000);
    const tooOld = receivedMessage({ sentAtMs: lastMomentMs + 10_000 + 2_000 - 1 });
    expect(await deliverIn(world, tooOld)).toEqual({ kind: 'acknowledge' });
    expect(world.deadLetters).toMatchObject([
      { attributes: { Cause: text('retention-reached'), LastStatus: number(500) } },
    ]);
  });

  test('because its payload is gone is a dead letter without a POST', async () => {
    const world = processorWorld();
    const body = writePointer({ bucket: world.payloads.bucket, key: `payloads/${route}/5d1a7a3e` });
    const attributes = { ...receivedMessage().attributes, ExtendedPayloadSize: number(300_000) };
    expect(await deliverIn(world, receivedMessage({ body, attributes }))).toEqual({ kind: 'acknowledge' });
    expect(world.deadLetters).toMatchObject([
      { body, attributes: { Cause: text('payload-missing'), Attempts: number(0) } },
    ]);
    expect(world.destination.requests).toEqual([]);
    expect(world.records.read(eventId)).toMatchObject({ status: 'failed', attempts: 0 });
  });

  test.each([
    ['foreign-pointer', { ExtendedPayloadSize: number(9) }, writePointer({ bucket: 'theirs', key: 'secret' })],
    ['malformed-message', { ReceivedAt: text('yesterday') }, 'x'],
    ['wrong-route', { Route: text('other') }, 'x'],
  ])('because it is poison (%s) is set aside untouched, and gets no record', async (cause, extra, body) => {
    const world = processorWorld();
    const attributes = { ...receivedMessage().attributes, ...extra };
    expect(await deliverIn(world, receivedMessage({ body, attributes }))).toEqual({ kind: 'acknowledge' });
    expect(world.deadLetters).toEqual([
      { body, attributes: { ...attributes, Cause: text(cause), Attempts: number(0) } },
    ]);
    expect(world.records.read(eventId)).toBeUndefined();
    expect(world.destination.requests).toEqual([]);
  });
});

describe('a dead letter', () => {
  test('that cannot be sent leaves the message on its queue until the lease ends, and no record of a failure', async () => {
    const world = processorWorld([answered(400)], { sendToDeadLetters: unavailable });
    expect(await deliverIn(world)).toEqual({ kind: 'keep', hideSeconds: 26 });
    expect(world.records.read(eventId)).toMatchObject({ status: 'delivering', attempts: 0 });
    expect(world.steps).toMatchObject([{ step: 'fault', during: 'attempting the delivery' }]);
  });

  test('of poison that cannot be sent leaves the message on its queue for longer each time', async () => {
    const world = processorWorld([], { sendToDeadLetters: unavailable });
    const poison = { attributes: { Route: text('other') } };
    expect(await deliverIn(world, receivedMessage(poison))).toEqual({ kind: 'keep', hideSeconds: 4 });
    expect(await deliverIn(world, receivedMessage({ ...poison, receiveCount: 4 }))).toEqual({
      kind: 'keep',
      hideSeconds: 30,
    });
  });

  test('whose record cannot be written is safe all the same: the message is acknowledged', async () => {
    const world = processorWorld([answered(400)]);
    const context = { ...world.context, records: { ...world.records, recordFailed: unavailable } };
    const disposition = await deliver(context, receivedMessage(), freePass, startMs + functionTimeoutMs);
    expect(disposition).toEqual({ kind: 'acknowledge' });
    expect(world.deadLetters).toHaveLength(1);
    expect(world.steps.map(({ step }) => step)).toEqual(['dead-letter', 'fault']);
  });

  test.each([
    ['by SQS, with the cause still on it', {}],
    ['by the operator, with the cause taken off', { RedrivenAt: number(startMs), Cause: undefined }],
  ])('that is redriven %s is delivered, its attempts counted from 1', async (_how, changes) => {
    const world = processorWorld([answered(500), answered(500), answered(500), answered(500), answered(200)]);
    await drainQueue(world, [receivedMessage()]);
    const [letter] = world.deadLetters.splice(0);
    const attributes = Object.fromEntries(
      Object.entries({ ...letter?.attributes, ...changes }).flatMap(([name, value]) => (value ? [[name, value]] : [])),
    );
    await drainQueue(world, [receivedMessage({ messageId: 'redriven', attributes })]);
    const numbers = world.destination.requests.map(({ headers }) => headers['x-relay-attempt']);
    expect(numbers).toEqual(['1', '2', '3', '1', '2']);
    expect(world.records.read(eventId)).toMatchObject({ status: 'delivered', attempts: 2 });
    expect(world.deadLetters).toEqual([]);
  });

  test('that fails again after its redrive tells the latest cause, and no longer that it was redriven', async () => {
    const world = processorWorld([answered(400)]);
    const attributes = {
      ...receivedMessage().attributes,
      RedrivenAt: number(startMs),
      Cause: text('attempts-exhausted'),
      LastStatus: number(503),
      Attempts: number(3),
    };
    await deliverIn(world, receivedMessage({ attributes }));
    const { RedrivenAt: _, ...kept } = attributes;
    const latest = { Cause: text('rejected'), LastStatus: number(400), Attempts: number(1) };
    expect(world.deadLetters[0]?.attributes).toEqual({ ...kept, ...latest });
  });

  test('of a client that brought ten attributes gives up some of those, not its cause', async () => {
    const world = processorWorld([answered(400)]);
    const strangers = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`X${index}`, text('x')]));
    await deliverIn(world, receivedMessage({ attributes: { EventId: text('e'), ...strangers } }));
    const { attributes = {} } = world.deadLetters[0] ?? {};
    expect(Object.keys(attributes)).toHaveLength(10);
    expect(attributes).toMatchObject({ EventId: text('e'), Cause: text('rejected'), Attempts: number(1) });
  });
});
