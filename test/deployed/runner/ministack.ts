import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopback, serveOnLoopback } from '../../../lib/local/loopback-server.ts';
import { endGroup } from './run-command.ts';

export interface Ministack {
  readonly endpoint: string;
  /** Where it writes what it does. */
  readonly logPath: string;
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;
const stoppedWithinMs = 5_000;

/**
 * Starts MiniStack, an AWS on this machine: CloudFormation, API Gateway, Lambda and its event source mappings, queues,
 * tables, schedules and alarms. It listens on the loopback interface only, and writes into `folder` only.
 *
 * @param programs the folder of the virtual environment that it was installed into
 * @throws Error when it does not come up
 */
export async function startMinistack(programs: string, folder: string, signal: AbortSignal): Promise<Ministack> {
  const port = await freePort();
  const endpoint = `http://${loopback}:${port}`;
  const temporary = join(folder, 'tmp');
  await mkdir(temporary, { recursive: true });
  const logPath = join(folder, 'ministack.log');
  const log = createWriteStream(logPath);
  const child = spawn(join(programs, 'ministack'), [], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // Functions run in the Node that it finds: this one, as on Lambda.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      TMPDIR: temporary,
      HOME: folder,
      GATEWAY_PORT: String(port),
      BIND_HOST: loopback,
      MINISTACK_HOST: loopback,
    },
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const closed = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
    log.end();
  });

  async function stop(): Promise<void> {
    if (child.pid === undefined) return;
    endGroup(child.pid, 'SIGTERM');
    await Promise.race([closed, sleep(stoppedWithinMs)]);
    // Its functions are in its group: whatever is left of them goes as well.
    endGroup(child.pid, 'SIGKILL');
    await closed;
  }

  const deadlineMs = performance.now() + readyWithinMs;
  while (!(await answers(`${endpoint}/_ministack/health`))) {
    if (isClosed || signal.aborted || performance.now() > deadlineMs) {
      await stop();
      signal.throwIfAborted();
      throw new Error(`MiniStack did not come up: see ${logPath}`);
    }
    await sleep(100);
  }
  return { endpoint, logPath, stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const { port, close } = await serveOnLoopback(() => {});
  await close();
  return port;
}
