import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ScheduledEvent } from 'aws-lambda';
import { s3ParkedObjects } from '../../lambdas/adapters/s3-parked-objects.ts';
import type { SweeperVariables } from '../../lambdas/contract/env.ts';
import { spillKey, spillPrefix, writeSpilled } from '../../lambdas/contract/parked-message.ts';
import { type EmulatedQueues, emulatedQueues } from '../support/emulated-aws.ts';
import { type LoadedFunction, loadFunction, tick } from '../support/load-function.ts';
import { startMs } from '../support/settable-clock.ts';
import { spilledMessage } from '../support/sweeper-world.ts';

let aws: EmulatedQueues;
let queueUrl: string;
let sweeper: LoadedFunction<ScheduledEvent, void>;

beforeAll(async () => {
  aws = await emulatedQueues();
  queueUrl = aws.createQueue();
  const variables = {
    QUEUES: JSON.stringify({ messaging: queueUrl }),
    PAYLOAD_BUCKET: aws.bucket,
    STACK_NAME: 'TestRelay',
  } satisfies SweeperVariables;
  sweeper = await loadFunction(() => import('../../lambdas/sweeper/handler.ts'), {
    variables,
    endpoints: { SQS: aws.url, S3: aws.url },
    remainingMs: 55_000,
  });
});
afterAll(async () => {
  sweeper.stop();
  await aws.close();
});

test('the function puts what is spilled on its queue, and then nothing', async () => {
  const parked = s3ParkedObjects(aws.bucket, aws.s3);
  const message = spilledMessage('e-1');
  await parked.put(spillKey(startMs, 'one', 'messaging'), writeSpilled({ route: 'messaging', message }));
  await sweeper.invoke(tick);
  expect(await parked.list(spillPrefix)).toEqual([]);
  await sweeper.invoke(tick);
  const { Messages } = await aws.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 }),
  );
  expect(Messages).toMatchObject([{ Body: message.body, MessageAttributes: { EventId: { StringValue: 'e-1' } } }]);
});
