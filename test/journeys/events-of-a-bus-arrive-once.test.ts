import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { relayCommand } from '../operator/relay-child-process.ts';
import { busFailure, envelope, envelopeWithId, sourceName } from '../support/bus-event.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';

let relay: TestRelay;

beforeAll(async () => {
  relay = await startTestRelay({
    routes: {
      bus: { eventBridge: { sourceName }, retry: { maxAttempts: 1 } },
      details: { eventBridge: { sourceName, deliver: 'detail' } },
      both: { verify: { kind: 'none', acceptUnsigned: true }, eventBridge: { sourceName } },
    },
  });
}, 60_000);

afterAll(() => relay.stop());

const step = (name: string, eventId: string) =>
  relay.waitForStep((seen) => seen.step === name && seen.eventId === eventId, 60_000);

/** As EventBridge does: a body, and no attributes unless it failed to put it on the queue. */
async function send(queueUrl: string, body: string, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
  await relay.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, MessageAttributes }));
}

function receivedOf(eventId: string) {
  return relay.destination.all
    .filter((seen) => seen.eventId === eventId)
    .map(({ body, headers }) => ({ body: Buffer.from(body).toString(), headers }));
}

async function dlq(...args: string[]): Promise<unknown> {
  const { origin } = new URL(relay.route('bus').ingestUrl);
  const { stdout, stderr, exitCode } = await relayCommand(['dlq', ...args, '--json', '--local', origin]);
  if (exitCode !== 0) throw new Error(`relay dlq ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout);
}

test('an event arrives with its own id and bytes, and its duplicate does not', async () => {
  const id = 'a0000000-0000-4000-8000-000000000001';
  await send(relay.route('bus').queueUrl, envelopeWithId(id));
  await step('delivered', id);
  await send(relay.route('bus').queueUrl, envelopeWithId(id));
  await step('duplicate', id);
  expect(receivedOf(id)).toEqual([
    {
      body: envelopeWithId(id),
      headers: expect.objectContaining({
        'webhook-id': id,
        'content-type': 'application/json',
        'x-relay-route': 'bus',
      }),
    },
  ]);
});

test('a route can deliver what Genesys put into the event, byte for byte', async () => {
  const id = 'a0000000-0000-4000-8000-000000000002';
  await send(relay.route('details').queueUrl, envelopeWithId(id));
  await step('delivered', id);
  const [{ body } = { body: '' }] = receivedOf(id);
  expect(envelope).toContain(`"detail": ${body}`);
  expect(JSON.parse(body)).toEqual(JSON.parse(envelope).detail);
});

test('a refused event, and one that EventBridge could not put on the queue, are listed, redriven and arrive', async () => {
  const [refused, lost] = ['a0000000-0000-4000-8000-000000000003', 'a0000000-0000-4000-8000-000000000004'];
  relay.destination.otherwise(answering(422));
  await send(relay.route('bus').queueUrl, envelopeWithId(refused));
  await step('dead-letter', refused);
  relay.destination.otherwise(answering(200));
  await send(relay.route('bus').deadLetterQueueUrl, envelopeWithId(lost), busFailure);

  expect(await dlq('list', '--route', 'bus')).toMatchObject([
    { eventId: refused, cause: 'rejected', lastStatus: 422 },
    { eventId: lost, cause: 'not-queued', lastError: `NO_PERMISSIONS: ${busFailure.ERROR_MESSAGE}` },
  ]);
  await dlq('redrive', '--route', 'bus', '--yes');
  await Promise.all([step('delivered', refused), step('delivered', lost)]);
  expect(await dlq('list', '--route', 'bus')).toEqual([]);
  expect(receivedOf(lost)).toHaveLength(1);
}, 100_000);

test('a route that is only for the bus has no way in for webhooks; one that takes both has', async () => {
  const answer = await fetch(relay.route('bus').ingestUrl, { method: 'POST', body: envelope });
  expect(answer.status).toBe(404);
  expect((await relay.post('both', envelope)).status).toBe(200);
});
