import { SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';
import { type EmulatorUrls, functionEnvironment } from './function-environment.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import type { FunctionSpec, ProcessHooks } from './function-process.ts';
import type { FrontRoute } from './http-front.ts';
import { localClientSettings } from './local-client.ts';
import { localRegion } from './name-resources.ts';
import type { EventSourcePlan, FunctionPlan, FunctionsPlan } from './plan-functions.ts';
import type { QueuePlan } from './plan-stores.ts';
import { type QueuePoller, startQueuePoller } from './queue-poller.ts';

/** Processes of the function behind the HTTP front. */
const frontProcesses = 8;

/** Processes of one queue's function: beyond that a developer's machine gains nothing from another. */
const mostQueueProcesses = 10;

export interface RunFunctionsOptions {
  readonly urls: EmulatorUrls;
  readonly queues: readonly QueuePlan[];
  readonly variables: Readonly<Record<string, string>>;
  readonly killProcessor: ((event: SQSEvent) => boolean) | undefined;
  readonly onLine: ProcessHooks<unknown>['onLine'];
  readonly onProblem: (line: string) => void;
}

/** The functions at work. */
export interface RunningFunctions {
  readonly frontRoutes: readonly FrontRoute[];
  /** Ends every process and poller at once. */
  stop(): Promise<void>;
}

/**
 * Starts one process of every function, then the pollers that feed them.
 *
 * @throws Error when a function cannot be loaded
 */
export async function runFunctions(plan: FunctionsPlan, options: RunFunctionsOptions): Promise<RunningFunctions> {
  const front = new Map<FunctionPlan, FunctionPool<APIGatewayProxyEventV2>>();
  for (const { function: called } of plan.httpRoutes) {
    if (front.has(called)) continue;
    front.set(called, createFunctionPool(specOf(called, options), frontProcesses, { onLine: options.onLine }));
  }
  const sources = plan.eventSources.map((source) => ({ source, pool: queuePool(source, options) }));
  const pools = [...front.values(), ...sources.map(({ pool }) => pool)];
  const stopPools = async () => {
    await Promise.all(pools.map((pool) => pool.stop()));
  };

  const warmed = await Promise.allSettled(pools.map((pool) => pool.warm()));
  const failed = warmed.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stopPools();
    throw failed.reason;
  }
  const pollers = sources.map(({ source, pool }) => pollQueue(source, pool, options));
  return {
    frontRoutes: plan.httpRoutes.flatMap(({ function: called, ...route }) => {
      const pool = front.get(called);
      return pool === undefined ? [] : [{ ...route, invoke: pool.invoke }];
    }),
    stop: async () => {
      // A poller ends with its last batch, and a batch in a hanging handler only with the process. Nothing is worth
      // waiting for: queues and records are in memory, and end with the run.
      const polling = pollers.map((poller) => poller.stop());
      await stopPools();
      await Promise.all(polling);
    },
  };
}

function queuePool(source: EventSourcePlan, options: RunFunctionsOptions): FunctionPool<SQSEvent> {
  return createFunctionPool<SQSEvent>(specOf(source.function, options), queueConcurrency(source), {
    onLine: options.onLine,
    killDuring: options.killProcessor,
  });
}

function queueConcurrency(source: EventSourcePlan): number {
  return Math.min(source.maximumConcurrency, mostQueueProcesses);
}

function specOf(plan: FunctionPlan, { urls, variables }: RunFunctionsOptions): FunctionSpec {
  return { ...plan, environment: functionEnvironment(plan, urls, variables) };
}

function pollQueue(source: EventSourcePlan, pool: FunctionPool<SQSEvent>, options: RunFunctionsOptions): QueuePoller {
  const queue = options.queues.find(({ arn }) => arn === source.queueArn);
  if (queue === undefined) throw new Error(`the template has no queue ${source.queueArn}`);
  // A client for each: the long polls of many routes would use up the connections of a shared one.
  const sqs = new SQSClient(localClientSettings(options.urls.sqs));
  const poller = startQueuePoller({
    sqs,
    queueUrl: queue.url,
    queueArn: queue.arn,
    region: localRegion,
    batchSize: source.batchSize,
    maximumConcurrency: queueConcurrency(source),
    reportsItemFailures: source.reportsItemFailures,
    invoke: pool.invoke,
    onProblem: options.onProblem,
  });
  return {
    stop: async () => {
      await poller.stop();
      sqs.destroy();
    },
  };
}
