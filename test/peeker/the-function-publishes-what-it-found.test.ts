import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { sqsSend } from '../../lambdas/adapters/sqs-queue.ts';
import type { PeekerVariables } from '../../lambdas/contract/env.ts';
import { type EmulatedQueues, emulatedQueues } from '../support/emulated-aws.ts';

const tick: ScheduledEvent = {
  id: 't',
  version: '0',
  account: '000000000000',
  time: '2026-03-04T10:15:00Z',
  region: 'us-east-1',
  resources: [],
  source: 'aws.events',
  'detail-type': 'Scheduled Event',
  detail: {},
};

const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'peeker',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:peeker',
  memoryLimitInMB: '256',
  awsRequestId: 'r',
  logGroupName: 'g',
  logStreamName: 's',
  getRemainingTimeInMillis: () => 55_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

let aws: EmulatedQueues;
let full: string;
let invoke: () => Promise<void>;
const documents: unknown[] = [];

beforeAll(async () => {
  aws = await emulatedQueues();
  full = aws.createQueue();
  const variables = {
    DEAD_LETTER_QUEUES: JSON.stringify({ messaging: full, quiet: aws.createQueue() }),
    DEAD_LETTER_RETENTION_SECONDS: '1209600',
    STACK_NAME: 'TestRelay',
  } satisfies PeekerVariables;
  // The handler reads its environment when it is loaded, so it is loaded only now. Jest gives each file its own copy.
  Object.assign(process.env, variables, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SQS: aws.url,
  });
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    documents.push(JSON.parse(String(line)));
    return true;
  });
  const { handler } = await import('../../lambdas/peeker/handler.ts');
  invoke = () => handler(tick, lambdaContext);
});
afterAll(async () => {
  jest.restoreAllMocks();
  await aws.close();
});

test('nothing is published of routes without dead letters; of one that has one, its hours, by stack and route', async () => {
  await invoke();
  expect(documents).toEqual([]);
  await sqsSend(aws.sqs)(full, { body: '{}', attributes: {} });
  await invoke();
  expect(documents).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'GenesysWebhookRelay',
            Dimensions: [['service', 'route']],
            Metrics: [{ Name: 'DeadLetterHoursLeft', Unit: 'None' }],
          },
        ],
      },
      service: 'TestRelay',
      route: 'messaging',
      level: 'INFO',
      time: expect.any(String),
      step: 'peeked',
      hoursLeft: expect.closeTo(336, 1),
      DeadLetterHoursLeft: expect.closeTo(336, 1),
      seen: 1,
      complete: true,
    },
  ]);
});
