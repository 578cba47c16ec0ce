import { type FunctionProcess, type FunctionSpec, type OnLine, startFunctionProcess } from './function-process.ts';
import type { DecideCrash, InvocationResult } from './invocation.ts';

/** The processes of one function: as many as there are invocations at one time, up to a limit. */
export interface FunctionPool {
  /** Never rejects: every failure is a result. */
  readonly invoke: (event: unknown, decideCrash?: DecideCrash) => Promise<InvocationResult>;
  /**
   * Starts the first process ahead of the first event.
   *
   * @throws Error when the function cannot be loaded
   */
  warm(): Promise<void>;
  /** Ends every process at once. Invocations that are running or waiting fail. */
  stop(): Promise<void>;
}

/** @param limit the most processes at one time; further invocations wait for one to be free */
export function createFunctionPool(spec: FunctionSpec, limit: number, onLine: OnLine): FunctionPool {
  const processes = new Set<FunctionProcess>();
  const idle: FunctionProcess[] = [];
  const waiting: ((turn: FunctionProcess | 'stopped') => void)[] = [];
  let stopped = false;

  function start(): FunctionProcess {
    const started = startFunctionProcess(spec, onLine);
    processes.add(started);
    return started;
  }

  function acquire(): Promise<FunctionProcess | 'stopped'> {
    if (stopped) return Promise.resolve('stopped');
    for (let free = idle.pop(); free !== undefined; free = idle.pop()) {
      if (free.isAlive()) return Promise.resolve(free);
      // Died while it was idle.
      processes.delete(free);
    }
    if (processes.size < limit) return Promise.resolve(start());
    return new Promise((resolve) => waiting.push(resolve));
  }

  function release(used: FunctionProcess): void {
    if (!used.isAlive()) processes.delete(used);
    if (stopped) return;
    const next = waiting.shift();
    if (next !== undefined) next(used.isAlive() ? used : start());
    else if (used.isAlive()) idle.push(used);
  }

  async function runOn(
    process: FunctionProcess,
    event: unknown,
    decideCrash: DecideCrash | undefined,
  ): Promise<InvocationResult> {
    const problem = await process.started;
    if (problem === undefined) return process.invoke(event, decideCrash);
    await process.kill();
    return { kind: 'failed', error: `${spec.name} could not be loaded: ${problem}` };
  }

  return {
    invoke: async (event, decideCrash) => {
      const process = await acquire();
      if (process === 'stopped') return { kind: 'failed', error: `${spec.name} is stopped` };
      const result = await runOn(process, event, decideCrash);
      release(process);
      return result;
    },
    warm: async () => {
      const process = await acquire();
      if (process === 'stopped') return;
      const problem = await process.started;
      release(process);
      if (problem !== undefined) throw new Error(`${spec.name} could not be loaded: ${problem}`);
    },
    stop: async () => {
      stopped = true;
      for (const turn of waiting.splice(0)) turn('stopped');
      await Promise.all([...processes].map((process) => process.kill()));
      processes.clear();
    },
  };
}
