import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { s3ParkedObjects } from '../adapters/s3-parked-objects.ts';
import { sqsSend } from '../adapters/sqs-queue.ts';
import { stepWriter } from '../adapters/write-step.ts';
import { parseSweeperEnv } from '../contract/env.ts';
import { metricNames } from '../contract/metric-names.ts';
import { type SpillWaiting, type SweepPorts, sweepSpill } from './sweep-spill.ts';

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
  async (_event: ScheduledEvent, lambda: Context): Promise<void> => {
    steps.begin({ requestId: lambda.awsRequestId });
    const endsAtMs = Date.now() + lambda.getRemainingTimeInMillis();
    publish(await sweepSpill(ports, { mostWebhooks, endsAtMs }));
  },
  // A run keeps its own distance to the function's end.
  { timeoutEarlyInMillis: 0 },
);

/** Nothing where the bucket could not be read: 0 would say that all is well. */
function publish(waiting: SpillWaiting = new Map()): void {
  for (const [route, value] of waiting) steps.publish(route, { name: metricNames.spillWaiting, unit: 'Count', value });
}
