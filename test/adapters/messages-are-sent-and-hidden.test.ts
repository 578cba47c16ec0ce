import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { sqsHide, sqsSend } from '../../lambdas/adapters/sqs-queue.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import { number, text, webhookAttributes } from '../../lambdas/contract/message-attributes.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { sqsSafeStrings } from '../support/arbitraries.ts';
import { type EmulatedQueues, emulatedQueues } from '../support/emulated-aws.ts';
import { recordingServer } from '../support/recording-server.ts';

async function receive(sqs: SQSClient, queueUrl: string) {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MessageAttributeNames: ['All'],
    VisibilityTimeout: 30,
  });
  const { Messages } = await sqs.send(command);
  return Messages?.[0];
}

describe('an SQS queue', () => {
  let aws: EmulatedQueues;
  beforeAll(async () => {
    aws = await emulatedQueues();
  });
  afterAll(() => aws.close());

  test('gets body and attributes as they are, numbers as numbers', async () => {
    const queueUrl = aws.createQueue();
    const attributes = webhookAttributes({
      eventId: 'e-1',
      route: 'r',
      receivedAtMs: 1_772_619_322_417,
      contentType: 'a/b',
    });
    await sqsSend(aws.sqs)(queueUrl, { body: '{"text":"\\u2603"}', attributes });
    expect(await receive(aws.sqs, queueUrl)).toMatchObject({
      Body: '{"text":"\\u2603"}',
      MessageAttributes: {
        EventId: { DataType: 'String', StringValue: 'e-1' },
        Route: { DataType: 'String', StringValue: 'r' },
        ReceivedAt: { DataType: 'Number', StringValue: '1772619322417' },
        ContentType: { DataType: 'String', StringValue: 'a/b' },
      },
    });
  });

  test('carries any text that SQS takes', async () => {
    const queueUrl = aws.createQueue();
    await fc.assert(
      fc.asyncProperty(sqsSafeStrings, async (body) => {
        await sqsSend(aws.sqs)(queueUrl, { body, attributes: { EventId: text('e'), Attempts: number(0) } });
        expect((await receive(aws.sqs, queueUrl))?.Body).toBe(body);
      }),
      { numRuns: 50 },
    );
  });

  test('keeps a message back for the seconds it was told to', async () => {
    const queueUrl = aws.createQueue();
    await sqsSend(aws.sqs)(queueUrl, { body: 'later', attributes: {} }, { delaySeconds: 900 });
    await sqsSend(aws.sqs)(queueUrl, { body: 'now', attributes: {} });
    expect((await receive(aws.sqs, queueUrl))?.Body).toBe('now');
    expect(await receive(aws.sqs, queueUrl)).toBeUndefined();
  });

  test('is given the trace beside the attributes, where X-Ray and Lambda look for it', async () => {
    const server = await recordingServer((response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{}');
    });
    const sqs = new SQSClient({ ...localClientSettings(server.url), md5: false });
    try {
      const send = sqsSend(sqs);
      const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
      await send(`${server.url}/0/q`, { body: 'traced', attributes: {}, traceHeader });
      await send(`${server.url}/0/q`, { body: 'not traced', attributes: {} });
      const sent = server.requests.map(({ body }) => JSON.parse(Buffer.from(body).toString()));
      expect(sent).toMatchObject([
        {
          MessageBody: 'traced',
          MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } },
        },
        { MessageBody: 'not traced' },
      ]);
      expect(sent[1]).not.toHaveProperty('MessageSystemAttributes');
    } finally {
      sqs.destroy();
      await server.close();
    }
  });

  test('is reported unavailable when it is not there', async () => {
    const gone = `${aws.url}/000000000000/gone`;
    await expect(sqsSend(aws.sqs)(gone, { body: 'x', attributes: {} })).rejects.toThrow(ServiceUnavailableError);
  });

  test('shows a received message again after the seconds it was hidden for', async () => {
    const queueUrl = aws.createQueue();
    await sqsSend(aws.sqs)(queueUrl, { body: 'x', attributes: {} });
    const first = await receive(aws.sqs, queueUrl);
    expect(await receive(aws.sqs, queueUrl)).toBeUndefined();
    await sqsHide(queueUrl, aws.sqs)(first?.ReceiptHandle ?? '', 0);
    expect((await receive(aws.sqs, queueUrl))?.MessageId).toBe(first?.MessageId);
  });

  test('reports a message that cannot be hidden', async () => {
    const hide = sqsHide(aws.createQueue(), aws.sqs);
    await expect(hide('no such receipt', 5)).rejects.toThrow(ServiceUnavailableError);
  });
});
