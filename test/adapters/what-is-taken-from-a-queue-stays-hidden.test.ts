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

  test('copies a message as it is: its id, body and attributes', async () => {
    const queueUrl = aws.createQueue();
    const attributes = webhookAttributes({ eventId: 'e-1', route: 'orders', receivedAtMs: startMs });
    await sqsSend(aws.sqs)(queueUrl, { body: '{"text":"\u2603 \\u2603"}', attributes });
    const { takeSome, hideTaken } = sqsLookAtQueue(aws.sqs);
    const taken = await takeSome(queueUrl, 1);
    await hideTaken(queueUrl, taken[0]?.receiptHandle ?? '', 0);
    const [original] = await receiveAll(queueUrl);
    expect(taken).toEqual([
      {
        messageId: original?.MessageId,
        receiptHandle: expect.stringMatching(/./),
        message: { body: '{"text":"\u2603 \\u2603"}', attributes },
      },
    ]);
  });

  test('keeps what it takes hidden, which costs one receive, and no other look sees it', async () => {
    const queueUrl = aws.createQueue();
    for (const body of ['a', 'b', 'c']) await send(queueUrl, body);
    const { takeSome, hideTaken, depthOf } = sqsLookAtQueue(aws.sqs);
    const taken = await takeSome(queueUrl, 10);
    expect(taken.map(({ message }) => message.body).sort()).toEqual(['a', 'b', 'c']);
    expect(await depthOf(queueUrl)).toEqual({ visible: 0, hidden: 3 });
    expect(await takeSome(queueUrl, 10)).toEqual([]);
    for (const { receiptHandle } of taken) await hideTaken(queueUrl, receiptHandle, 0);
    const received = await receiveAll(queueUrl);
    expect(received.map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).toEqual(['2', '2', '2']);
  });

  test('shows a message again at once, or takes it off the queue', async () => {
    const queueUrl = aws.createQueue();
    for (const body of ['a', 'b']) await send(queueUrl, body);
    const { takeSome, hideTaken, removeTaken, depthOf } = sqsLookAtQueue(aws.sqs);
    const [first, second] = await takeSome(queueUrl, 10);
    await removeTaken(queueUrl, first?.receiptHandle ?? '');
    await hideTaken(queueUrl, second?.receiptHandle ?? '', 0);
    expect(await depthOf(queueUrl)).toEqual({ visible: 1, hidden: 0 });
    expect((await receiveAll(queueUrl)).map(({ Body }) => Body)).toEqual([second?.message.body]);
  });

  test('changes nothing of a message that is visible again, or gone', async () => {
    const queueUrl = aws.createQueue();
    for (const body of ['a', 'b']) await send(queueUrl, body);
    const { takeSome, hideTaken, removeTaken, depthOf } = sqsLookAtQueue(aws.sqs);
    const [visible, gone] = await takeSome(queueUrl, 10);
    await hideTaken(queueUrl, visible?.receiptHandle ?? '', 0);
    await hideTaken(queueUrl, visible?.receiptHandle ?? '', 600);
    await removeTaken(queueUrl, gone?.receiptHandle ?? '');
    await hideTaken(queueUrl, gone?.receiptHandle ?? '', 600);
    await removeTaken(queueUrl, gone?.receiptHandle ?? '');
    expect(await depthOf(queueUrl)).toEqual({ visible: 1, hidden: 0 });
  });

  test.each([
    ['no more than it was asked for', 5, 5],
    ['ten at most', 11, 10],
  ])('takes %s, and the others are not touched', async (_what, most, taken) => {
    const queueUrl = aws.createQueue();
    for (let index = 0; index < 12; index++) await send(queueUrl, String(index));
    expect(await sqsLookAtQueue(aws.sqs).takeSome(queueUrl, most)).toHaveLength(taken);
    expect(await sqsLookAtQueue(aws.sqs).depthOf(queueUrl)).toEqual({ visible: 12 - taken, hidden: taken });
    const received = await receiveAll(queueUrl);
    const counts = received.map(({ Attributes }) => Attributes?.ApproximateReceiveCount);
    expect(counts).toEqual(Array(12 - taken).fill('1'));
  });

  test('sees nothing in an empty queue, nor what is hidden', async () => {
    const queueUrl = aws.createQueue();
    expect(await sqsLookAtQueue(aws.sqs).takeSome(queueUrl, 10)).toEqual([]);
    await send(queueUrl, 'in somebody’s hands');
    await receiveAll(queueUrl);
    await send(queueUrl, 'delayed', 900);
    expect(await sqsLookAtQueue(aws.sqs).takeSome(queueUrl, 10)).toEqual([]);
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
    const [taken] = await sqsLookAtQueue(aws.sqs).takeSome(queueUrl, 1);
    expect(taken?.message.attributes).toEqual({
      Note: { type: 'String', value: 'n' },
      Count: { type: 'Number', value: '7' },
    });
  });

  test('at a queue that is not there is a fault', async () => {
    const gone = `${aws.url}/000000000000/gone`;
    const { takeSome, hideTaken, removeTaken, depthOf } = sqsLookAtQueue(aws.sqs);
    await expect(takeSome(gone, 1)).rejects.toThrow(ServiceUnavailableError);
    await expect(hideTaken(gone, 'receipt', 1)).rejects.toThrow(ServiceUnavailableError);
    await expect(removeTaken(gone, 'receipt')).rejects.toThrow(ServiceUnavailableError);
    await expect(depthOf(gone)).rejects.toThrow(ServiceUnavailableError);
  });
});

test('an SQS that is down shows and counts nothing, which is not the same as an empty queue', async () => {
  const server = await recordingServer((response) => {
    response.writeHead(503, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: 'com.amazonaws.sqs#ServiceUnavailable' }));
  });
  const client = new SQSClient(localClientSettings(server.url));
  const { takeSome, hideTaken, removeTaken, depthOf } = sqsLookAtQueue(client);
  const queueUrl = `${server.url}/000000000000/queue`;
  await expect(takeSome(queueUrl, 1)).rejects.toThrow(ServiceUnavailableError);
  await expect(removeTaken(queueUrl, 'receipt')).rejects.toThrow(ServiceUnavailableError);
  await expect(hideTaken(queueUrl, 'receipt', 1)).rejects.toThrow(ServiceUnavailableError);
  await expect(depthOf(queueUrl)).rejects.toThrow(ServiceUnavailableError);
  client.destroy();
  await server.close();
});
