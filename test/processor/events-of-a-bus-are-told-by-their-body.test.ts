import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { number, text } from '../../lambdas/contract/message-attributes.ts';
import { eventIdOf } from '../../lambdas/contract/message-event-id.ts';
import { deliver } from '../../lambdas/processor/deliver.ts';
import { evacuateEvent } from '../../lambdas/processor/evacuate-event.ts';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';
import { renewWaiting } from '../../lambdas/processor/renew-message.ts';
import { tryEvent } from '../../lambdas/processor/try-event.ts';
import { busEventId, busFailure, busMessage, envelope, envelopeWithId, sourceName } from '../support/bus-event.ts';
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

/** A route that gets events of the sample's source. */
function busWorld(
  script = [answered(200)],
  eventBridge: typeof settings.eventBridge = { sourceName, deliver: 'envelope' },
): ProcessorWorld {
  const world = processorWorld(script);
  return { ...world, context: { ...world.context, settings: { ...settings, eventBridge } } };
}

function deliverIn(world: ProcessorWorld, message: ReceivedMessage) {
  return deliver(world.context, message, freePass, world.clock.now() + functionTimeoutMs);
}

function posted({ destination }: ProcessorWorld) {
  return destination.requests.map(({ body, headers }) => ({ body: Buffer.from(body).toString(), headers }));
}

describe('an event of the route’s source', () => {
  test('is delivered as it came, with EventBridge’s id', async () => {
    const world = busWorld();
    expect(await deliverIn(world, busMessage())).toEqual(acknowledged);
    expect(posted(world)).toEqual([
      {
        body: envelope,
        headers: expect.objectContaining({
          'webhook-id': busEventId,
          'content-type': 'application/json',
          'x-webhook-source': 'GenesysCloud',
          'x-relay-route': route,
        }),
      },
    ]);
    expect(world.records.read(busEventId)).toMatchObject({
      status: 'delivered',
      firstReceivedAtMs: busMessage().sentAtMs,
    });
  });

  test('is delivered without its envelope where the route says so, and not written anew', async () => {
    const world = busWorld([answered(200)], { sourceName, deliver: 'detail' });
    const detail = '{ "n": 12345678901234567890, "t": "\\u00e9" }';
    const body = `{"id":"${busEventId}","source":"${sourceName}","detail-type":"v2.x","detail":${detail}}`;
    await deliverIn(world, busMessage({ body }));
    expect(posted(world)).toMatchObject([{ body: detail, headers: { 'webhook-id': busEventId } }]);
  });

  test('that EventBridge delivers twice is posted once', async () => {
    const world = busWorld();
    await deliverIn(world, busMessage());
    expect(await deliverIn(world, busMessage({ messageId: 'another', body: envelope }))).toEqual(acknowledged);
    expect(world.destination.requests).toHaveLength(1);
    expect(world.steps.at(-1)).toEqual({ step: 'duplicate', route, eventId: busEventId, of: 'delivered' });
  });

  test('that is refused is a dead letter, which says when it came and is redriven as the same event', async () => {
    const world = busWorld([answered(422), answered(200)]);
    await deliverIn(world, busMessage());
    const attributes = {
      Cause: text('rejected'),
      LastStatus: number(422),
      Attempts: number(1),
      ReceivedAt: number(busMessage().sentAtMs),
    };
    expect(world.deadLetters).toEqual([{ body: envelope, attributes }]);

    await deliverIn(world, busMessage({ attributes: { RedrivenAt: number(startMs), ReceivedAt: number(startMs) } }));
    expect(posted(world).map(({ headers }) => headers['webhook-id'])).toEqual([busEventId, busEventId]);
    expect(world.records.read(busEventId)).toMatchObject({ status: 'delivered' });
  });

  test('that EventBridge had put among the dead letters is delivered when SQS redrives it as it is', async () => {
    const world = busWorld();
    const attributes = Object.fromEntries(Object.entries(busFailure).map(([name, value]) => [name, text(value)]));
    await deliverIn(world, busMessage({ attributes }));
    expect(posted(world)).toMatchObject([{ body: envelope, headers: { 'webhook-id': busEventId } }]);
  });

  test('is the same event when it is put on its queue anew, or tried by the breaker, or evacuated', async () => {
    const world = busWorld();
    const worn = busMessage({ receiveCount: settings.renewAfterReceives });
    await renewWaiting(world.context, worn, { kind: 'keep', hideSeconds: 60, why: 'route-paused' });
    const [renewed] = world.sentAgain;
    expect(world.steps).toMatchObject([{ step: 'renewed', eventId: busEventId }]);
    expect(renewed?.message.attributes).toEqual({ ReceivedAt: number(worn.sentAtMs) });

    const message = renewed?.message ?? { body: '', attributes: {} };
    expect(eventIdOf(message)).toBe(busEventId);
    const trial = { messageId: 'copy', receiptHandle: 'receipt', message };
    const ends = world.clock.now() + functionTimeoutMs;
    expect(await tryEvent(world.context, { trial, lastDeliveredAtMs: 0 }, ends)).toMatchObject({ delivered: true });

    expect(await evacuateEvent(world.context, busMessage(message))).toEqual(acknowledged);
    expect(world.deadLetters).toEqual([]);
    expect(world.steps.at(-1)).toMatchObject({ step: 'duplicate', eventId: busEventId, of: 'delivered' });
  });
});

describe('what else can be on the queue of such a route', () => {
  test.each([
    ['another organisation’s', sourceName.replace('5e0a2f9c', '00000000')],
    ['another service’s', 'aws.s3'],
  ])('an event that says it is %s becomes a dead letter', async (_whose, source) => {
    const world = busWorld();
    expect(await deliverIn(world, busMessage({ body: envelope.replace(sourceName, source) }))).toEqual(acknowledged);
    expect(world.destination.requests).toEqual([]);
    expect(world.deadLetters).toMatchObject([{ attributes: { Cause: text('malformed-message') } }]);
  });

  test('a webhook that looks like an event of the source is a webhook, with its own id', async () => {
    const world = busWorld([answered(200)], { sourceName, deliver: 'detail' });
    await deliverIn(world, receivedMessage({ body: envelope }));
    expect(posted(world)).toMatchObject([{ body: envelope, headers: { 'webhook-id': eventId } }]);
  });

  test.each([
    ['no JSON', 'hello'],
    ['no event', '{"id":"1","source":"crm"}'],
    ['an event whose id no header could carry', envelopeWithId('a\\nb')],
    ['an event without a detail', `{"id":"1","source":"${sourceName}","detail-type":"v2.x"}`],
  ])('what was sent by hand and is %s goes by its body, as on any route', async (_what, body) => {
    const world = busWorld();
    await deliverIn(world, busMessage({ body }));
    const hash = createHash('sha256').update(body).digest('hex');
    expect(posted(world)).toMatchObject([{ body, headers: { 'webhook-id': hash } }]);
  });
});

test('on a route without a source an event is a body like any other, under its own id', async () => {
  const world = processorWorld();
  await deliverIn(world, busMessage());
  expect(posted(world)).toMatchObject([
    { body: envelope, headers: { 'webhook-id': busEventId, 'content-type': 'application/octet-stream' } },
  ]);
});
