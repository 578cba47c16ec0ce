import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Command, type HostedFunction, type Report, reportSchema } from './function-protocol.ts';
import type { DecideCrash, InvocationResult } from './invocation.ts';

const hostPath = fileURLToPath(new URL('./function-host.ts', import.meta.url));

/** What a function's process is made of. */
export interface FunctionSpec extends HostedFunction {
  /** The whole environment: nothing is inherited from this process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/** A line that a function wrote, without its line break. */
export type OnLine = (line: string, stream: 'stdout' | 'stderr') => void;

/** One execution environment of a function. */
export interface FunctionProcess {
  readonly isAlive: () => boolean;
  /** Undefined once the function can be invoked, else why it cannot. */
  readonly started: Promise<string | undefined>;
  /** One at a time: the next one only after this has resolved. Never rejects. */
  invoke(event: unknown, decideCrash?: DecideCrash): Promise<InvocationResult>;
  /** Ends the process at once, whatever it does. Resolves when it is gone and its last line has been read. */
  kill(): Promise<void>;
}

export function startFunctionProcess(spec: FunctionSpec, onLine: OnLine): FunctionProcess {
  const { environment, timeoutSeconds, ...hosted } = spec;
  const child = fork(hostPath, [JSON.stringify(hosted satisfies HostedFunction)], {
    env: environment,
    // This process may run under flags of a test runner that mean nothing to a function.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = endOf(child);
  const readTo = (stream: Readable | null, name: 'stdout' | 'stderr') => {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => onLine(line, name));
  };
  readTo(child.stdout, 'stdout');
  readTo(child.stderr, 'stderr');

  const isAlive = () => child.exitCode === null && child.signalCode === null && child.connected;
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    isAlive,
    kill,
    started: Promise.race([loaded(child), ended.then((how) => `${spec.name} ended before it was loaded: ${how}`)]),
    invoke: async (event, decideCrash) => {
      const requestId = randomUUID();
      const timeoutMs = timeoutSeconds * 1000;
      const timer = timeLimit(timeoutMs);
      let crashTimer: NodeJS.Timeout | undefined;
      const result = await Promise.race([
        outcome(child, requestId, () => {
          const crash = decideCrash?.() ?? false;
          if (crash === true) child.kill('SIGKILL');
          else if (crash !== false) crashTimer = setTimeout(() => child.kill('SIGKILL'), crash.afterMs);
        }),
        ended.then((how): InvocationResult => ({ kind: 'failed', error: `the process ended: ${how}` })),
        timer.expired,
        sent(child, { kind: 'invoke', requestId, deadlineMs: Date.now() + timeoutMs, event }),
      ]);
      timer.stop();
      // The handler was faster: the next event must not pay for it.
      clearTimeout(crashTimer);
      // Lambda does not use an environment again that overran its time; and the handler in it is still running.
      if (result.kind === 'timed-out') await kill();
      return result;
    },
  };
}

/** How the process ended, once it is gone and its output has been read to the end. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    // Could not be started, killed or written to. Only the first of these ends nothing that `close` does not tell.
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
  });
}

function loaded(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    onReport(child, (report) => {
      if (report.kind !== 'ready' && report.kind !== 'not-loaded') return 'more';
      resolve(report.kind === 'ready' ? undefined : report.error);
      return 'done';
    });
  });
}

function outcome(child: ChildProcess, requestId: string, onStarted: () => void): Promise<InvocationResult> {
  return new Promise((resolve) => {
    onReport(child, (report) => {
      if (!('requestId' in report) || report.requestId !== requestId) return 'more';
      if (report.kind === 'started') {
        onStarted();
        return 'more';
      }
      resolve(
        report.kind === 'returned'
          ? { kind: 'returned', value: report.value }
          : { kind: 'failed', error: report.error },
      );
      return 'done';
    });
  });
}

function onReport(child: ChildProcess, read: (report: Report) => 'more' | 'done'): void {
  const listener = (message: unknown) => {
    const report = reportSchema.safeParse(message);
    if (report.success && read(report.data) === 'done') child.off('message', listener);
  };
  child.on('message', listener);
}

/** Settles only when the event could not be handed over; otherwise the outcome is what counts. */
function sent(child: ChildProcess, command: Command): Promise<InvocationResult> {
  return new Promise((resolve) => {
    child.send(command, (error) => {
      if (error !== null) resolve({ kind: 'failed', error: `the process takes no events: ${error.message}` });
    });
  });
}

function timeLimit(afterMs: number): { expired: Promise<InvocationResult>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<InvocationResult>();
  const timer = setTimeout(() => resolve({ kind: 'timed-out', afterMs }), afterMs);
  return { expired: promise, stop: () => clearTimeout(timer) };
}
