import { spawn } from 'node:child_process';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Ends the command, and all that it has started. */
  readonly signal?: AbortSignal;
  /** How long it may take. A command that hangs must not hang the run. */
  readonly withinMs: number;
  /** Told each line of its output as it comes. Default: it is only kept for the error. */
  readonly onLine?: (line: string) => void;
}

/** Lines of output that an error quotes. */
const quotedLines = 40;

/**
 * Runs a command to its end.
 *
 * @returns its standard output
 * @throws Error with the last lines of what it printed, when it fails, is ended, or takes too long
 */
export async function runCommand(command: Command): Promise<string> {
  const { file, args, env = process.env, cwd, signal, withinMs, onLine } = command;
  signal?.throwIfAborted();
  // A group of its own: npx and cdk start others, which are ended with them.
  const child = spawn(file, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const name = [file.split('/').at(-1), ...args].join(' ');
  let ended: string | undefined;
  const end = (why: string) => {
    ended ??= why;
    if (child.pid !== undefined) endGroup(child.pid, 'SIGTERM');
  };
  const onAbort = () => end('was interrupted');
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => end(`took longer than ${withinMs / 1_000} s`), withinMs);
  let stdout = '';
  const lines: string[] = [];
  const take = (text: string) => {
    for (const line of text.split('\n').filter((part) => part.trim() !== '')) {
      lines.push(line);
      if (lines.length > quotedLines) lines.shift();
      onLine?.(line);
    }
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    take(text);
  });
  child.stderr.setEncoding('utf8').on('data', take);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (ended !== undefined) throw new Error(`${name} ${ended}:\n${lines.join('\n')}`);
    if (code !== 0) throw new Error(`${name} ended with ${code}:\n${lines.join('\n')}`);
    return stdout;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Signals a process and all that it has started. One that is gone already is what was wanted. */
export function endGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nobody is left in the group.
  }
}
