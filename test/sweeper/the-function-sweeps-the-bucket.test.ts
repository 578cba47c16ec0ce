import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { s3ParkedObjects } from '../../lambdas/adapters/s3-parked-objects.ts';
import type { SweeperVariables } from '../../lambdas/contract/env.ts';
import { spillKey, spillPrefix, writeSpilled } from '../../lambdas/contract/parked-message.ts';
import { type EmulatedQueues, emulatedQueues } from '../support/emulated-aws.ts';
import { startMs } from '../support/settable-clock.ts';
import { spilledMessage } from '../support/sweeper-world.ts';

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
  functionName: 'sweeper',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:sweeper',
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
let queueUrl: string;
let invoke: () => Promise<void>;

beforeAll(async () => {
  aws = await emulatedQueues();
  queueUrl = aws.createQueue();
  const variables = {
    QUEUES: JSON.stringify({ messaging: queueUrl }),
    PAYLOAD_BUCKET: aws.bucket,
    STACK_NAME: 'TestRelay',
  } satisfies SweeperVariables;
  // The handler reads its environment when it is loaded, so it is loaded only now. Jest gives each file its own copy.
  Object.assign(process.env, variables, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SQS: aws.url,
    AWS_ENDPOINT_URL_S3: aws.url,
  });
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const { handler } = await import('../../lambdas/sweeper/handler.ts');
  invoke = () => handler(tick, lambdaContext);
});
afterAll(async () => {
  jest.restoreAllMocks();
  await aws.close();
});

test('the function puts what is spilled on its queue, and then nothing', async () => {
  const parked = s3ParkedObjects(aws.bucket, aws.s3);
  const message = spilledMessage('e-1');
  await parked.put(spillKey(startMs, 'one', 'messaging'), writeSpilled({ route: 'messaging', message }));
  await invoke();
  expect(await parked.list(spillPrefix)).toEqual([]);
  await invoke();
  const { Messages } = await aws.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 }),
  );
  expect(Messages).toMatchObject([{ Body: message.body, MessageAttributes: { EventId: { StringValue: 'e-1' } } }]);
});
