import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { s3ParkedObjects } from '../adapters/s3-parked-objects.ts';
import { sqsSend } from '../adapters/sqs-queue.ts';
import { stepWriter } from '../adapters/write-step.ts';
import { parseSweeperEnv } from '../contract/env.ts';
import { type SweepPorts, sweepSpill } from './sweep-spill.ts';

const env = parseSweeperEnv(process.env);
const steps = stepWriter(env.STACK_NAME);

const ports: SweepPorts = {
  queues: env.QUEUES,
  parked: s3ParkedObjects(env.PAYLOAD_BUCKET),
  send: sqsSend(),
  now: Date.now,
  log: steps.write,
};

/** More than the time of one run allows on AWS: a bound for a fault that nobody has thought of. */
const mostWebhooks = 20_000;

export const handler = middy(
  (_event: ScheduledEvent, lambda: Context): Promise<void> =>
    sweepSpill(ports, { mostWebhooks, endsAtMs: Date.now() + lambda.getRemainingTimeInMillis() }),
  // A run keeps its own distance to the function's end.
  { timeoutEarlyInMillis: 0 },
);
