import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { localClientSettings } from '../../lib/local/local-client.ts';
import type { MessageQueues } from '../../lib/operator/connection/message-queues.ts';
import { sqsMessageQueues } from '../../lib/operator/connection/sqs-message-queues.ts';
import { type RecordingServer, recordingServer } from '../support/recording-server.ts';

/* The emulated SQS keeps no system attributes: here it is looked at what SQS is asked for, and what it is told. */

const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

/** What a queue holds: one message with a trace, and one without. */
const Messages = [
  {
    MessageId: '1',
    ReceiptHandle: 'r',
    Body: 'traced',
    Attributes: { SentTimestamp: '1', AWSTraceHeader: traceHeader },
  },
  { MessageId: '2', ReceiptHandle: 'r', Body: 'not traced', Attributes: { SentTimestamp: '1' } },
];

let server: RecordingServer;
let sqs: SQSClient;
let queues: MessageQueues;
beforeAll(async () => {
  server = await recordingServer((response, _number, { headers }) => {
    const isReceive = headers['x-amz-target'] === 'AmazonSQS.ReceiveMessage';
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(isReceive ? { Messages } : { MessageId: 'sent' }));
  });
  sqs = new SQSClient({ ...localClientSettings(server.url), md5: false });
  queues = sqsMessageQueues(sqs);
});
afterAll(async () => {
  sqs.destroy();
  await server.close();
});

test('a message is sent with the trace that it was received with, where X-Ray and Lambda look for it', async () => {
  const received = await queues.receive(`${server.url}/0/q`, { visibilitySeconds: 30, waitSeconds: 0 });
  for (const message of received) await queues.send(`${server.url}/0/q`, message);

  const [asked, traced, untraced] = server.requests.map(({ body }) => JSON.parse(Buffer.from(body).toString()));
  expect(asked.MessageSystemAttributeNames).toContain('AWSTraceHeader');
  expect(traced).toMatchObject({
    MessageBody: 'traced',
    MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } },
  });
  expect(untraced).toMatchObject({ MessageBody: 'not traced' });
  expect(untraced).not.toHaveProperty('MessageSystemAttributes');
});
