import { describe, expect, test } from '@jest/globals';
import { number, text } from '../../lambdas/contract/message-attributes.ts';
import { deliver } from '../../lambdas/processor/deliver.ts';
import { evacuateEvent } from '../../lambdas/processor/evacuate-event.ts';
import type { ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import { pausedBreaker } from '../operator/breakers.ts';
import { unavailable } from '../support/fail-calls.ts';
import { run } from '../support/message-batch.ts';
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

const acknowledged = { kind: 'acknowledge' };
/** Four minutes before SQS deletes it. */
const dying = receivedMessage({ sentAtMs: startMs - settings.queueRetentionMs + 240_000 });

/** Delivers the event with a copy of its message, as a trial does, to a destination that answers so. */
function deliverCopy(world: ProcessorWorld) {
  return deliver(
    world.context,
    receivedMessage({ messageId: 'copy' }),
    freePass,
    world.clock.now() + functionTimeoutMs,
  );
}

function withoutRecords({ context, records }: ProcessorWorld): ProcessorContext {
  return { ...context, records: { ...records, claim: unavailable } };
}

describe('an event of a route that is evacuated', () => {
  test('is a dead letter, and its record says so', async () => {
    const world = processorWorld();
    expect(await evacuateEvent(world.context, receivedMessage())).toEqual(acknowledged);
    const { body, attributes } = receivedMessage();
    expect(world.deadLetters).toEqual([
      { body, attributes: { ...attributes, Cause: text('retention-reached'), Attempts: number(0) } },
    ]);
    const outcome = { status: 'failed', attempts: 0, lastError: 'its route is paused for too long' };
    expect(world.records.read(eventId)).toMatchObject(outcome);
    expect(world.destination.requests).toEqual([]);
  });

  test('tells how many attempts it has had', async () => {
    const world = processorWorld([answered(500)]);
    await deliverCopy(world);
    world.clock.advance(settings.retry.capSeconds * 1_000);
    expect(await evacuateEvent(world.context, receivedMessage())).toEqual(acknowledged);
    expect(world.deadLetters).toMatchObject([{ attributes: { Attempts: number(1) } }]);
    expect(world.records.read(eventId)).toMatchObject({ status: 'failed', attempts: 1 });
  });

  test('is no dead letter when a trial has delivered it', async () => {
    const world = processorWorld([answered(200)]);
    await deliverCopy(world);
    const heldBackSinceMs = startMs - settings.queueRetentionMs / 2;
    world.breakers.set(route, { ...pausedBreaker({ reason: 'failing', sinceMs: startMs }), heldBackSinceMs });
    expect(await run(world, [receivedMessage()])).toEqual({ kept: [], hidden: {} });
    expect(world.deadLetters).toEqual([]);
    expect(world.records.read(eventId)).toMatchObject({ status: 'delivered' });
    expect(world.steps).toContainEqual({ step: 'duplicate', route, eventId, of: 'delivered' });
  });

  test('is no second dead letter, unless it was redriven', async () => {
    const world = processorWorld();
    await evacuateEvent(world.context, receivedMessage());
    expect(await evacuateEvent(world.context, receivedMessage({ messageId: 'copy' }))).toEqual(acknowledged);
    expect(world.deadLetters).toHaveLength(1);

    const attributes = { ...receivedMessage().attributes, RedrivenAt: number(world.clock.now()) };
    expect(await evacuateEvent(world.context, receivedMessage({ attributes }))).toEqual(acknowledged);
    expect(world.deadLetters).toHaveLength(2);
  });

  test('is not posted any more by a trial, once it is a dead letter', async () => {
    const world = processorWorld();
    await evacuateEvent(world.context, receivedMessage());
    expect(await deliverCopy(world)).toEqual(acknowledged);
    expect(world.destination.requests).toEqual([]);
  });

  test('waits while a trial is posting it, unless SQS would delete it meanwhile', async () => {
    const world = processorWorld();
    const held = async () => ({ kind: 'held', untilMs: startMs + 30_000 }) as const;
    const context = { ...world.context, records: { ...world.records, claim: held } };
    const wait = { kind: 'keep', hideSeconds: 31, why: 'another-delivery-holds-it' };
    expect(await evacuateEvent(context, receivedMessage())).toEqual(wait);
    expect(world.deadLetters).toEqual([]);

    expect(await evacuateEvent(context, dying)).toEqual(acknowledged);
    expect(world.deadLetters).toHaveLength(1);
  });

  test('is kept while its record cannot be read, unless SQS would delete it meanwhile', async () => {
    const world = processorWorld();
    const wait = { kind: 'keep', hideSeconds: 30, why: 'service-unavailable' };
    expect(await evacuateEvent(withoutRecords(world), receivedMessage({ receiveCount: 4 }))).toEqual(wait);
    expect(world.deadLetters).toEqual([]);
    expect(world.steps).toMatchObject([{ step: 'fault', eventId, during: 'claiming the event' }, { step: 'waiting' }]);

    expect(await evacuateEvent(withoutRecords(world), dying)).toEqual(acknowledged);
    expect(world.deadLetters).toMatchObject([{ attributes: { Cause: text('retention-reached') } }]);
    expect(world.deadLetters[0]?.attributes).not.toHaveProperty('Attempts');
  });

  test('is kept until its lease ends when the dead letter queue does not take it, and has no record of a failure', async () => {
    const world = processorWorld([], { sendToDeadLetters: unavailable });
    const hideSeconds = settings.leaseMs / 1_000 + 1;
    expect(await evacuateEvent(world.context, receivedMessage())).toEqual({ kind: 'keep', hideSeconds });
    expect(world.records.read(eventId)).toMatchObject({ status: 'delivering' });
    expect(world.steps).toMatchObject([{ step: 'fault', eventId, during: 'setting the event aside' }]);
  });

  test('is a dead letter with a cause of its own when it is poison, and gets no record', async () => {
    const world = processorWorld();
    const attributes = { ...receivedMessage().attributes, Route: text('other') };
    expect(await evacuateEvent(world.context, receivedMessage({ attributes }))).toEqual(acknowledged);
    expect(world.deadLetters).toMatchObject([{ attributes: { Cause: text('wrong-route') } }]);
    expect(world.records.read(eventId)).toBeUndefined();
  });
});
