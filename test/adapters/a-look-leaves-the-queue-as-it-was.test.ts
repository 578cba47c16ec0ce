import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sqsLookAtQueue } from '../../lambdas/adapters/sqs-look-at-queue.ts';
import { sqsSend } from '../../lambdas/adapters/sqs-queue.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import { webhookAttributes } from '../../lambdas/contract/message-attributes.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { type EmulatedQueues, emulatedQueues } from '../support/emulated-aws.ts';
import { recordingServer } from '../support/recording-server.ts';
import { startMs } from '../support/settable-clock.ts';

describe('a look at a queue', () => {
  let aws: EmulatedQueues;
  beforeAll(async () => {
    aws = await emulatedQueues();
  });
  afterAll(() => aws.close());

  const send = (queueUrl: string, body: string, delaySeconds = 0) =>
    sqsSend(aws.sqs)(queueUrl, { body, attributes: {} }, { delaySeconds });

  async function receiveAll(queueUrl: string) {
    const { Messages = [] } = await aws.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 600,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    return Messages;
  }

  test('copies a message as it is: its id, when it was sent, body and attributes', async () => {
    const queueUrl = aws.createQueue();
    const attributes = webhookAttributes({ eventId: 'e-1', route: 'orders', receivedAtMs: startMs });
    const beforeMs = Date.now();
    await sqsSend(aws.sqs)(queueUrl, { body: '{"text":"\u2603 \\u2603"}', attributes });
    const copies = await sqsLookAtQueue(aws.sqs).copySome(queueUrl);
    const [original] = await receiveAll(queueUrl);
    expect(copies).toEqual([
      {
        messageId: original?.MessageId,
        sentAtMs: expect.any(Number),
        message: { body: '{"text":"\u2603 \\u2603"}', attributes },
      },
    ]);
    expect(Math.abs((copies[0]?.sentAtMs ?? 0) - beforeMs)).toBeLessThan(10_000);
  });

  test('leaves every message receivable at once, and costs each one receive', async () => {
    const queueUrl = aws.createQueue();
    for (const body of ['a', 'b', 'c']) await send(queueUrl, body);
    const copies = await sqsLookAtQueue(aws.sqs).copySome(queueUrl);
    expect(copies.map(({ message }) => message.body).sort()).toEqual(['a', 'b', 'c']);
    expect(await sqsLookAtQueue(aws.sqs).depthOf(queueUrl)).toEqual({ visible: 3, hidden: 0 });
    const received = await receiveAll(queueUrl);
    expect(received.map(({ Body }) => Body).sort()).toEqual(['a', 'b', 'c']);
    expect(received.map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).toEqual(['2', '2', '2']);
  });

  test('copies ten at most, and the others are not touched', async () => {
    const queueUrl = aws.createQueue();
    for (let index = 0; index < 12; index++) await send(queueUrl, String(index));
    expect(await sqsLookAtQueue(aws.sqs).copySome(queueUrl)).toHaveLength(10);
    expect(await sqsLookAtQueue(aws.sqs).depthOf(queueUrl)).toEqual({ visible: 12, hidden: 0 });
    const received = [...(await receiveAll(queueUrl)), ...(await receiveAll(queueUrl))];
    const counts = received.map(({ Attributes }) => Attributes?.ApproximateReceiveCount).sort();
    expect(counts).toEqual(['1', '1', ...Array(10).fill('2')]);
  });

  test('sees nothing in an empty queue, nor what is hidden', async () => {
    const queueUrl = aws.createQueue();
    expect(await sqsLookAtQueue(aws.sqs).copySome(queueUrl)).toEqual([]);
    await send(queueUrl, 'in somebody’s hands');
    await receiveAll(queueUrl);
    await send(queueUrl, 'delayed', 900);
    expect(await sqsLookAtQueue(aws.sqs).copySome(queueUrl)).toEqual([]);
  });

  test('counts what is visible, and what is in somebody’s hands or delayed', async () => {
    const queueUrl = aws.createQueue();
    const { depthOf } = sqsLookAtQueue(aws.sqs);
    expect(await depthOf(queueUrl)).toEqual({ visible: 0, hidden: 0 });
    await send(queueUrl, 'in somebody’s hands');
    await receiveAll(queueUrl);
    await send(queueUrl, 'delayed', 900);
    for (const body of ['a', 'b', 'c']) await send(queueUrl, body);
    expect(await depthOf(queueUrl)).toEqual({ visible: 3, hidden: 2 });
  });

  test('leaves binary attributes out, which are not ours', async () => {
    const queueUrl = aws.createQueue();
    await aws.sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: 'by hand',
        MessageAttributes: {
          Photo: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 3]) },
          Note: { DataType: 'String', StringValue: 'n' },
          Count: { DataType: 'Number', StringValue: '7' },
        },
      }),
    );
    const [copy] = await sqsLookAtQueue(aws.sqs).copySome(queueUrl);
    expect(copy?.message.attributes).toEqual({
      Note: { type: 'String', value: 'n' },
      Count: { type: 'Number', value: '7' },
    });
  });

  test('at a queue that is not there is a fault', async () => {
    const gone = `${aws.url}/000000000000/gone`;
    await expect(sqsLookAtQueue(aws.sqs).copySome(gone)).rejects.toThrow(ServiceUnavailableError);
    await expect(sqsLookAtQueue(aws.sqs).depthOf(gone)).rejects.toThrow(ServiceUnavailableError);
  });
});

test('an SQS that is down shows and counts nothing, which is not the same as an empty queue', async () => {
  const server = await recordingServer((response) => {
    response.writeHead(503, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: 'com.amazonaws.sqs#ServiceUnavailable' }));
  });
  const client = new SQSClient(localClientSettings(server.url));
  const { copySome, depthOf } = sqsLookAtQueue(client);
  await expect(copySome(`${server.url}/000000000000/queue`)).rejects.toThrow(ServiceUnavailableError);
  await expect(depthOf(`${server.url}/000000000000/queue`)).rejects.toThrow(ServiceUnavailableError);
  client.destroy();
  await server.close();
});
