import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const relay = new URL('../../bin/relay.ts', import.meta.url).pathname;

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the operator CLI that is not over yet. */
export interface Running {
  /** As Ctrl-C does. */
  interrupt(): void;
  readonly finished: Promise<Finished>;
}

/** Runs the operator CLI as a script would: no terminal, no AWS settings but the given ones. */
export function relayCommand(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  return startRelayCommand(args, env).finished;
}

/** The same, to be interrupted. */
export function startRelayCommand(args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [relay, ...args], {
    env: {
      PATH: process.env.PATH ?? '',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const finished = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr, [exitCode]]) => ({ exitCode: Number(exitCode ?? -1), stdout, stderr }),
  );
  return { interrupt: () => child.kill('SIGINT'), finished };
}
