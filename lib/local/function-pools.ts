import type { FunctionPlan } from './find-function.ts';
import { type EmulatorUrls, functionEnvironment } from './function-environment.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import type { OnLine } from './function-process.ts';
import type { FunctionsPlan } from './plan-functions.ts';

/** Processes of a function behind the HTTP front. */
const frontProcesses = 8;

/** Processes for the messages of one queue: beyond that a developer's machine gains nothing from another. */
export const mostQueueProcesses = 10;

/** A schedule never overlaps itself. */
const scheduleProcesses = 1;

/** Kept for `Invoke`, which would else wait for a batch to end when a queue's function is busy with its queue. */
const directProcesses = 1;

export interface FunctionPoolsOptions {
  readonly urls: EmulatorUrls;
  /** Environment variables for all functions, on top of their own. */
  readonly variables: Readonly<Record<string, string>>;
  readonly onLine: OnLine;
}

/** The processes of all functions: one pool for each, whoever calls it. */
export interface FunctionPools {
  of(called: FunctionPlan): FunctionPool;
  /**
   * Starts one process of every function.
   *
   * @throws Error when one cannot be loaded, after all were ended
   */
  warm(): Promise<void>;
  stop(): Promise<void>;
}

export function createFunctionPools(plan: FunctionsPlan, options: FunctionPoolsOptions): FunctionPools {
  const pools = new Map<FunctionPlan, FunctionPool>();

  function of(called: FunctionPlan): FunctionPool {
    const existing = pools.get(called);
    if (existing !== undefined) return existing;
    const environment = functionEnvironment(called, options.urls, options.variables);
    const created = createFunctionPool({ ...called, environment }, processLimit(called, plan), options.onLine);
    pools.set(called, created);
    return created;
  }

  async function stop(): Promise<void> {
    await Promise.all([...pools.values()].map((pool) => pool.stop()));
  }

  return {
    of,
    stop,
    warm: async () => {
      const warmed = await Promise.allSettled(calledFunctions(plan).map((called) => of(called).warm()));
      const failed = warmed.find((result) => result.status === 'rejected');
      if (failed === undefined) return;
      await stop();
      throw failed.reason;
    },
  };
}

/** Every function that something calls, once. */
export function calledFunctions({ httpRoutes, eventSources, schedules }: FunctionsPlan): readonly FunctionPlan[] {
  return [...new Set([...httpRoutes, ...eventSources, ...schedules].map((caller) => caller.function))];
}

function processLimit(called: FunctionPlan, { httpRoutes, eventSources, schedules }: FunctionsPlan): number {
  const callers = (all: readonly { readonly function: FunctionPlan }[]) =>
    all.filter((caller) => caller.function === called).length;
  return (
    Math.min(callers(httpRoutes), 1) * frontProcesses +
    callers(eventSources) * mostQueueProcesses +
    callers(schedules) * scheduleProcesses +
    directProcesses
  );
}
