import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type Message, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acceptedEventId } from '../support/accepted-event-id.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';

let relay: TestRelay;

beforeAll(async () => {
  const route = { verify: { kind: 'open-messaging' as const } };
  relay = await startTestRelay({ routes: { chat: route, other: route }, config: { inlineLimitBytes: 2_048 } });
}, 60_000);

afterAll(() => relay.stop());

/** The next message of a dead letter queue, which carries body and attributes as they were on the queue. */
async function deadLetter(route: string): Promise<Message> {
  const { Messages: [message] = [] } = await relay.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: relay.route(route).deadLetterQueueUrl,
      MessageAttributeNames: ['All'],
      WaitTimeSeconds: 10,
    }),
  );
  if (message === undefined) throw new Error(`the dead letter queue of ${route} is empty`);
  return message;
}

test('an offloaded webhook leaves the pointer of the extended clients, byte for byte', async () => {
  relay.destination.otherwise(answering(400));
  const body = `{"text":"${'é'.repeat(3_000)}"}`;
  const eventId = await acceptedEventId(await relay.post('chat', body));
  const message = await deadLetter('chat');
  relay.destination.otherwise(answering(200));

  expect(message.Body).toMatch(
    new RegExp(
      `^\\["software\\.amazon\\.payloadoffloading\\.PayloadS3Pointer",\\{"s3BucketName":"${relay.ready.payloadBucketName}","s3Key":"payloads/chat/[0-9a-f-]{36}"\\}\\]$`,
    ),
  );
  expect(message.MessageAttributes).toMatchObject({
    EventId: { DataType: 'String', StringValue: eventId },
    Route: { DataType: 'String', StringValue: 'chat' },
    ReceivedAt: { DataType: 'Number', StringValue: expect.stringMatching(/^\d{13}$/) },
    ContentType: { DataType: 'String', StringValue: 'application/json' },
    Signature: { DataType: 'String', StringValue: expect.stringMatching(/^sha256=[A-Za-z0-9+/]{43}=$/) },
    ExtendedPayloadSize: { DataType: 'Number', StringValue: String(Buffer.byteLength(body)) },
    Cause: { DataType: 'String', StringValue: 'rejected' },
    LastStatus: { DataType: 'Number', StringValue: '400' },
    Attempts: { DataType: 'Number', StringValue: '1' },
  });
});

describe('a pointer that leads elsewhere is set aside unread', () => {
  const foreign: readonly [name: string, pointer: () => { s3BucketName: string; s3Key: string }][] = [
    ['another bucket', () => ({ s3BucketName: 'somebody-elses', s3Key: 'payloads/chat/0-1' })],
    ['another route', () => ({ s3BucketName: relay.ready.payloadBucketName, s3Key: 'payloads/other/0-2' })],
    ['another prefix', () => ({ s3BucketName: relay.ready.payloadBucketName, s3Key: 'secrets/0-3' })],
    [
      'a way out of the prefix',
      () => ({ s3BucketName: relay.ready.payloadBucketName, s3Key: 'payloads/chat/../../x' }),
    ],
  ];

  test.each(foreign)('%s', async (_name, pointer) => {
    const { s3BucketName, s3Key } = pointer();
    // In our own bucket it is really there to be read, so that nothing but the check keeps it from the destination.
    if (s3BucketName === relay.ready.payloadBucketName) {
      await relay.s3.send(new PutObjectCommand({ Bucket: s3BucketName, Key: s3Key, Body: 'not for the destination' }));
    }
    const before = relay.destination.all.length;
    await sendToQueue('chat', JSON.stringify(['software.amazon.payloadoffloading.PayloadS3Pointer', pointer()]));
    expect((await deadLetter('chat')).MessageAttributes).toMatchObject({
      Cause: { StringValue: 'foreign-pointer' },
      Attempts: { StringValue: '0' },
    });
    expect(relay.destination.all.length).toBe(before);
  });
});

test('a pointer to a body that is gone is set aside with that cause', async () => {
  const s3Key = 'payloads/chat/00000000-0000-0000-0000-000000000000';
  const pointer = { s3BucketName: relay.ready.payloadBucketName, s3Key };
  await sendToQueue('chat', JSON.stringify(['software.amazon.payloadoffloading.PayloadS3Pointer', pointer]));
  expect((await deadLetter('chat')).MessageAttributes).toMatchObject({ Cause: { StringValue: 'payload-missing' } });
});

test('what another extended client offloads to the route is delivered', async () => {
  const s3Key = 'payloads/chat/9b2f6a34-1111-4222-8333-444455556666';
  const body = Buffer.from('written by somebody else');
  await relay.s3.send(new PutObjectCommand({ Bucket: relay.ready.payloadBucketName, Key: s3Key, Body: body }));
  // As the Python client spells it: a space after each comma and colon, and none of our attributes.
  const pointer = `["software.amazon.payloadoffloading.PayloadS3Pointer", {"s3BucketName": "${relay.ready.payloadBucketName}", "s3Key": "${s3Key}"}]`;
  await sendToQueue('chat', pointer, body.byteLength);
  const delivery = await relay.destination.waitFor((seen) => Buffer.from(seen.body).equals(body));
  expect(delivery.headers['content-type']).toBe('application/octet-stream');
});

async function sendToQueue(route: string, body: string, size = 10): Promise<void> {
  await relay.sqs.send(
    new SendMessageCommand({
      QueueUrl: relay.route(route).queueUrl,
      MessageBody: body,
      MessageAttributes: { ExtendedPayloadSize: { DataType: 'Number', StringValue: String(size) } },
    }),
  );
}
