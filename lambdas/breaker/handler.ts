import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { dynamoBreakerStates } from '../adapters/dynamo-breaker-states.ts';
import { lambdaEventSourceMappings } from '../adapters/lambda-event-source-mappings.ts';
import { lambdaTryDestination } from '../adapters/lambda-try-destination.ts';
import { parkedObjectsOnDemand } from '../adapters/s3-on-demand.ts';
import { sqsLookAtQueue } from '../adapters/sqs-look-at-queue.ts';
import { stepWriter } from '../adapters/write-step.ts';
import { isPaused } from '../contract/breaker-state.ts';
import { parseBreakerEnv } from '../contract/env.ts';
import { describeError } from '../contract/errors.ts';
import { metricNames } from '../contract/metric-names.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { lookAfterRoute } from './look-after-route.ts';

const env = parseBreakerEnv(process.env);
const steps = stepWriter(env.STACK_NAME);
const routes: readonly WatchedRoute[] = Object.entries(env.ROUTES).map(([name, route]) => ({ name, ...route }));

/** Of the function's time, for what comes before and after a trial. */
const roomBesideTrialMs = 10_000;

const tryWithin = lambdaTryDestination();

const ports: Omit<BreakerPorts, 'tryDestination'> = {
  settings: env.BREAKER,
  queueRetentionMs: env.QUEUE_RETENTION_SECONDS * 1_000,
  states: dynamoBreakerStates(env.DELIVERY_TABLE),
  mappings: lambdaEventSourceMappings(),
  parked: parkedObjectsOnDemand(env.PAYLOAD_BUCKET),
  ...sqsLookAtQueue(),
  now: Date.now,
  newId: randomUUID,
  log: steps.write,
};

export const handler = middy(async (_event: ScheduledEvent, lambda: Context): Promise<void> => {
  steps.begin({ requestId: lambda.awsRequestId });
  // Counted anew for each trial: a tick may make two, and what the first one took is no longer there for the second.
  const tryDestination: BreakerPorts['tryDestination'] = (processorName, request) =>
    tryWithin(Math.max(0, lambda.getRemainingTimeInMillis() - roomBesideTrialMs))(processorName, request);
  await Promise.all(routes.map((route) => lookAfter(route, { ...ports, tryDestination })));
});

/** A route that cannot be looked after just now holds up none of the others: the next tick is a minute away. */
async function lookAfter(route: WatchedRoute, tick: BreakerPorts): Promise<void> {
  try {
    publish(route, isPaused(await lookAfterRoute(route, tick)));
  } catch (error) {
    const during = 'looking after the breaker';
    steps.write({ step: 'fault', route: route.name, during, error: describeError(error) });
  }
}

/** What the alarm `BreakerOpen` watches. */
function publish(route: WatchedRoute, paused: boolean): void {
  steps.publish(route.name, { name: metricNames.breakerOpen, unit: 'None', value: paused ? 1 : 0 });
}
