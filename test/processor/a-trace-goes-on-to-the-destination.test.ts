import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import type { ProcessorVariables } from '../../lambdas/contract/env.ts';
import { breakerSettings } from '../../lib/infra/timings.ts';
import { type EmulatedQueues, type EmulatedTable, emulatedQueues, emulatedTable } from '../support/emulated-aws.ts';
import { type LoadedFunction, loadFunction } from '../support/load-function.ts';
import { settings } from '../support/processor-world.ts';
import { type RecordingServer, recordingServer } from '../support/recording-server.ts';

const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

let aws: EmulatedQueues;
let deliveries: EmulatedTable;
let destination: RecordingServer;
let processor: LoadedFunction<SQSEvent, unknown>;

beforeAll(async () => {
  [aws, deliveries] = await Promise.all([emulatedQueues(), emulatedTable()]);
  destination = await recordingServer((response) => response.writeHead(200).end());
  const variables = {
    ROUTE: 'chat',
    QUEUE_URL: aws.createQueue(),
    DEAD_LETTER_QUEUE_URL: aws.createQueue(),
    PAYLOAD_BUCKET: aws.bucket,
    DELIVERY_TABLE: deliveries.table,
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
  processor = await loadFunction(() => import('../../lambdas/processor/handler.ts'), {
    variables,
    endpoints: { SQS: aws.url, S3: aws.url, DYNAMODB: deliveries.url },
    remainingMs: 25_000,
  });
});

afterAll(async () => {
  processor.stop();
  await Promise.all([aws.close(), deliveries.close(), destination.close()]);
});

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
  expect(await processor.invoke(batch)).toEqual({ batchItemFailures: [] });
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
