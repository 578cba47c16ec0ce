import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Context, SQSEvent } from 'aws-lambda';
import type { ProcessorVariables } from '../../lambdas/contract/env.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { emulateDynamodb } from '../../lib/local/emulate-dynamodb.ts';
import { type EmulatedQueues, emulatedQueues } from '../support/emulated-aws.ts';
import { settings } from '../support/processor-world.ts';
import { type RecordingServer, recordingServer } from '../support/recording-server.ts';

const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

let aws: EmulatedQueues;
let tables: Awaited<ReturnType<typeof emulateDynamodb>>;
let destination: RecordingServer;
let handle: (event: SQSEvent) => Promise<unknown>;

beforeAll(async () => {
  [aws, tables] = await Promise.all([emulatedQueues(), emulateDynamodb()]);
  await tables.createTable({
    name: 'deliveries',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  destination = await recordingServer((response) => response.writeHead(200).end());
  const variables = {
    ROUTE: 'chat',
    QUEUE_URL: aws.createQueue(),
    DEAD_LETTER_QUEUE_URL: aws.createQueue(),
    PAYLOAD_BUCKET: aws.bucket,
    DELIVERY_TABLE: 'deliveries',
    DESTINATION: JSON.stringify({ url: destination.url, timeoutSeconds: 5, headers: {}, reach: 'private-network' }),
    RETRY: JSON.stringify(settings.retry),
    BREAKER: JSON.stringify(breakerSettings),
    MAX_CONCURRENCY: '10',
    RENEW_AFTER_RECEIVES: '36',
    LEASE_SECONDS: '25',
    QUEUE_RETENTION_SECONDS: '604800',
    DEDUPE_SECONDS: '2592000',
    STACK_NAME: 'TestRelay',
    TRACING: 'active',
  } satisfies Omit<ProcessorVariables, 'SIGNING_SECRET_ARN' | 'EVENT_BRIDGE'>;
  // The handler reads its environment when it is loaded, so it is loaded only now. Jest gives each file its own copy.
  Object.assign(process.env, variables, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SQS: aws.url,
    AWS_ENDPOINT_URL_S3: aws.url,
    AWS_ENDPOINT_URL_DYNAMODB: tables.url,
  });
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const { handler } = await import('../../lambdas/processor/handler.ts');
  handle = (event) => handler(event, lambdaContext);
});

afterAll(async () => {
  jest.restoreAllMocks();
  await Promise.all([aws.close(), tables.close(), destination.close()]);
});

const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'processor',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:processor',
  memoryLimitInMB: '256',
  awsRequestId: 'r',
  logGroupName: 'g',
  logStreamName: 's',
  getRemainingTimeInMillis: () => 25_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

/** A batch as Lambda makes it of messages, one for each trace. */
function batchOf(traces: Readonly<Record<string, string | undefined>>): SQSEvent {
  const now = String(Date.now());
  return {
    Records: Object.entries(traces).map(([eventId, trace]) => ({
      messageId: eventId,
      receiptHandle: eventId,
      body: '{}',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: now,
        SenderId: 's',
        ApproximateFirstReceiveTimestamp: now,
        ...(trace === undefined ? {} : { AWSTraceHeader: trace }),
      },
      messageAttributes: {
        EventId: { stringValue: eventId, dataType: 'String', stringListValues: [], binaryListValues: [] },
      },
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:q',
      awsRegion: 'us-east-1',
    })),
  };
}

test('each event of a batch goes on in its own trace, and in none where it has none that makes sense', async () => {
  const other = traceHeader.replace('5759e988', '5759e989');
  const batch = batchOf({ one: `${traceHeader};Lineage=1:a87bd80c:0`, two: other, none: undefined, odd: 'Root=x' });
  expect(await handle(batch)).toEqual({ batchItemFailures: [] });
  const told = destination.requests.map(({ headers }) => [
    headers['webhook-id'],
    headers['x-amzn-trace-id'],
    headers.traceparent,
  ]);
  expect(told.sort()).toEqual([
    ['none', undefined, undefined],
    ['odd', undefined, undefined],
    ['one', traceHeader, '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01'],
    ['two', other, '00-5759e989bd862e3fe1be46a994272793-53995c3f42cd8ad8-01'],
  ]);
});
