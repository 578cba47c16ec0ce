import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import type { LambdaApi, MappingSettings } from './emulate-lambda.ts';
import {
  calledFunctions,
  createFunctionPools,
  type FunctionPools,
  type FunctionPoolsOptions,
  mostQueueProcesses,
} from './function-pools.ts';
import type { FrontRoute } from './http-front.ts';
import type { Crash } from './invocation.ts';
import { localClientSettings, relayAppId } from './local-client.ts';
import { localRegion } from './name-resources.ts';
import type { EventSourcePlan, FunctionsPlan } from './plan-functions.ts';
import type { QueuePlan } from './plan-stores.ts';
import { type PollerSettings, type QueuePoller, startQueuePoller } from './queue-poller.ts';
import { startSchedule } from './run-schedule.ts';

const minuteMs = 60_000;

export interface RunFunctionsOptions extends FunctionPoolsOptions {
  readonly queues: readonly QueuePlan[];
  /** Gets to know every function and event source mapping. */
  readonly lambda: LambdaApi;
  readonly answerLongPolls: (queueUrl: string) => void;
  /** What takes the place of a minute in every schedule. Default: a minute. */
  readonly scheduleEveryMs: number | undefined;
  /** Told of each batch as it is handed over. */
  readonly onBatch: ((event: SQSEvent) => void) | undefined;
  readonly killProcessor: ((event: SQSEvent) => Crash) | undefined;
  readonly onProblem: (line: string) => void;
}

/** The functions at work. */
export interface RunningFunctions {
  readonly frontRoutes: readonly FrontRoute[];
  /** Invokes every scheduled function out of turn, and resolves when all are done. */
  tick(): Promise<void>;
  /** Ends every process, poller and schedule at once. */
  stop(): Promise<void>;
}

/**
 * Starts one process of every function, then the pollers and schedules that feed them.
 *
 * @throws Error when a function cannot be loaded
 */
export async function runFunctions(plan: FunctionsPlan, options: RunFunctionsOptions): Promise<RunningFunctions> {
  const pools = createFunctionPools(plan, options);
  await pools.warm();
  for (const called of calledFunctions(plan)) {
    options.lambda.createFunction({ ...called, invoke: (event) => pools.of(called).invoke(event) });
  }
  const pollers = plan.eventSources.map((source) => pollQueue(source, pools, options));
  const schedules = plan.schedules.map(({ arn, everyMs, function: called }) =>
    startSchedule({
      arn,
      everyMs: (everyMs / minuteMs) * (options.scheduleEveryMs ?? minuteMs),
      invoke: (event) => pools.of(called).invoke(event),
      onProblem: options.onProblem,
    }),
  );
  return {
    frontRoutes: plan.httpRoutes.map(({ function: called, ...route }) => ({
      ...route,
      invoke: (event) => pools.of(called).invoke(event),
    })),
    tick: async () => {
      await Promise.all(schedules.map((schedule) => schedule.runNow()));
    },
    stop: async () => {
      // A poller ends with its last batch, and a batch in a hanging handler only with the process. Nothing is worth
      // waiting for: queues and records are in memory, and end with the run.
      const ending = [...pollers, ...schedules].map((feeder) => feeder.stop());
      await pools.stop();
      await Promise.all(ending);
    },
  };
}

function pollQueue(
  source: EventSourcePlan,
  pools: FunctionPools,
  options: RunFunctionsOptions,
): Pick<QueuePoller, 'stop'> {
  const queue = options.queues.find(({ arn }) => arn === source.queueArn);
  if (queue === undefined) throw new Error(`the template has no queue ${source.queueArn}`);
  // A client for each: the long polls of many routes would use up the connections of a shared one.
  const sqs = new SQSClient({ ...localClientSettings(options.urls.sqs), userAgentAppId: relayAppId });
  const pool = pools.of(source.function);
  const poller = startQueuePoller({
    sqs,
    queueUrl: queue.url,
    queueArn: queue.arn,
    region: localRegion,
    batchSize: source.batchSize,
    ...pollerSettings(source),
    reportsItemFailures: source.reportsItemFailures,
    invoke: (event) => {
      options.onBatch?.(event);
      return pool.invoke(event, () => options.killProcessor?.(event) ?? false);
    },
    answerLongPolls: () => options.answerLongPolls(queue.url),
    onProblem: options.onProblem,
  });
  options.lambda.createMapping({
    id: source.id,
    queueArn: source.queueArn,
    functionArn: source.function.arn,
    batchSize: source.batchSize,
    settings: { enabled: source.enabled, maximumConcurrency: source.maximumConcurrency },
    apply: (settings) => poller.change(pollerSettings(settings)),
  });
  return {
    stop: async () => {
      await poller.stop();
      sqs.destroy();
    },
  };
}

function pollerSettings({ enabled, maximumConcurrency = mostQueueProcesses }: MappingSettings): PollerSettings {
  return { enabled, maximumConcurrency: Math.min(maximumConcurrency, mostQueueProcesses) };
}
