import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ScheduledEvent } from 'aws-lambda';
import { sqsSend } from '../../lambdas/adapters/sqs-queue.ts';
import type { PeekerVariables } from '../../lambdas/contract/env.ts';
import { type EmulatedQueues, emulatedQueues } from '../support/emulated-aws.ts';
import { type LoadedFunction, loadFunction, tick } from '../support/load-function.ts';

let aws: EmulatedQueues;
let full: string;
let peeker: LoadedFunction<ScheduledEvent, void>;

beforeAll(async () => {
  aws = await emulatedQueues();
  full = aws.createQueue();
  const variables = {
    DEAD_LETTER_QUEUES: JSON.stringify({ messaging: full, quiet: aws.createQueue() }),
    DEAD_LETTER_RETENTION_SECONDS: '1209600',
    STACK_NAME: 'TestRelay',
  } satisfies PeekerVariables;
  peeker = await loadFunction(() => import('../../lambdas/peeker/handler.ts'), {
    variables,
    endpoints: { SQS: aws.url },
    remainingMs: 55_000,
  });
});
afterAll(async () => {
  peeker.stop();
  await aws.close();
});

test('nothing is published of routes without dead letters; of one that has one, its hours, by stack and route', async () => {
  await peeker.invoke(tick);
  expect(peeker.lines).toEqual([]);
  await sqsSend(aws.sqs)(full, { body: '{}', attributes: {} });
  await peeker.invoke(tick);
  expect(peeker.lines.map((line) => JSON.parse(line))).toEqual([
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
