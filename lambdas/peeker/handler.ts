import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { sqsPeek } from '../adapters/sqs-peek.ts';
import { stepWriter } from '../adapters/write-step.ts';
import { parsePeekerEnv } from '../contract/env.ts';
import { type LookPorts, lookAtDeadLetters } from './look-at-dead-letters.ts';

const env = parsePeekerEnv(process.env);
const steps = stepWriter(env.STACK_NAME);

const ports: LookPorts = {
  queues: env.DEAD_LETTER_QUEUES,
  retentionMs: env.DEAD_LETTER_RETENTION_SECONDS * 1_000,
  ...sqsPeek(),
  now: Date.now,
  log: steps.write,
};

export const handler = middy(async (_event: ScheduledEvent, lambda: Context): Promise<void> => {
  steps.begin({ requestId: lambda.awsRequestId });
  await lookAtDeadLetters(ports);
});
