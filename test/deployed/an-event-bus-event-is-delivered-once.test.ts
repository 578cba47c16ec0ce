import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { envelope, envelopeWithId } from '../support/bus-event.ts';
import { standInSource } from './runner/ministack-differences.ts';
import { type DeployedRelay, deployedRelay, eventually, so } from './support/deployed-relay.ts';
import { readDeployment } from './support/deployment.ts';
import { busRoute, eventBridge } from './support/stack-config.ts';

// In an account only Genesys can put anything on this bus, so there is none.
const onMinistack = readDeployment().isMinistack ? test : test.skip;

let relay: DeployedRelay;
const events = new EventBridgeClient({});
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
beforeAll(() => {
  relay = deployedRelay(busRoute);
});
afterAll(() => {
  relay.close();
  events.destroy();
  sqs.destroy();
});

const sample = JSON.parse(envelope);

/** @returns the id that EventBridge gave the event */
async function putOnBus(detailType: string): Promise<string> {
  const { Entries: [entry] = [] } = await events.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: eventBridge.sourceName,
          Source: standInSource,
          DetailType: detailType,
          Detail: JSON.stringify(sample.detail),
        },
      ],
    }),
  );
  if (entry?.EventId === undefined) throw new Error(`the bus took nothing: ${entry?.ErrorCode} ${entry?.ErrorMessage}`);
  return entry.EventId;
}

/** As EventBridge does when it delivers an event. */
async function sendToQueue(body: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: relay.route.queueUrl, MessageBody: body }));
}

async function isQueueEmpty(): Promise<boolean> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: relay.route.queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).every((count) => count === '0');
}

const firstDelivery = (eventId: string) =>
  eventually(`the delivery of ${eventId}`, async () => (await relay.deliveriesOf(eventId))[0]);

onMinistack('an event of the bus arrives with its own id, and the same event once more does not', async () => {
  const ignored = await putOnBus('v2.users.{id}.presence');
  const eventId = await putOnBus(sample['detail-type']);
  const { bodyBase64, headers } = await firstDelivery(eventId);
  const body = Buffer.from(bodyBase64, 'base64').toString();
  expect(JSON.parse(body)).toMatchObject({
    id: eventId,
    source: eventBridge.sourceName,
    'detail-type': sample['detail-type'],
    detail: sample.detail,
  });
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-webhook-source': 'GenesysCloud' });

  await sendToQueue(body);
  const later = await putOnBus(sample['detail-type']);
  await firstDelivery(later);
  await eventually('the end of the queue', () => so(isQueueEmpty()));
  expect(await relay.deliveriesOf(eventId)).toHaveLength(1);
  expect(await relay.deliveriesOf(ignored)).toEqual([]);
});

onMinistack('the sample of an event is delivered in its own bytes', async () => {
  const id = 'a0000000-0000-4000-8000-00000000000b';
  await sendToQueue(envelopeWithId(id));
  const { bodyBase64 } = await firstDelivery(id);
  expect(Buffer.from(bodyBase64, 'base64').toString()).toBe(envelopeWithId(id));
});

onMinistack('an event that says it is another organisation’s becomes a dead letter, and is not posted', async () => {
  const id = 'a0000000-0000-4000-8000-00000000000c';
  await sendToQueue(envelopeWithId(id).replace('5e0a2f9c', '00000000'));
  await eventually('the dead letter', () => so(relay.deadLetters().then((count) => count === 1)));
  expect(await relay.operate('dlq', 'list', '--route', busRoute)).toMatchObject([
    { eventId: id, cause: 'malformed-message' },
  ]);
  expect(await relay.deliveriesOf(id)).toEqual([]);
});
