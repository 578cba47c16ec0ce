import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { watchFor } from '../../lib/local/sightings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Starting includes a synthesis, which takes its seconds on a busy machine. */
const startDeadlineMs = 40_000;

const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function run(...flags: string[]) {
  const child = spawn(process.execPath, ['bin/local.ts', ...flags], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  const lines = watchFor<string>('line');
  createInterface({ input: child.stdout }).on('line', lines.add);
  const ended = once(child, 'close').then(([exitCode]: unknown[]) => exitCode);
  return { child, lines, ended, complaint: text(child.stderr) };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'with --json it says where it is and what happens; %s ends it',
  async (signal) => {
    const { child, lines, ended } = run('--json', '--port', '0');
    const first: unknown = JSON.parse(await lines.waitFor(() => true, startDeadlineMs));
    expect(first).toMatchObject({
      ready: true,
      routes: {
        'open-messaging': { ingestUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/webhooks\/open-messaging$/) },
      },
    });
    const { ingestUrl } = Object(first).routes['open-messaging'];
    expect((await fetch(ingestUrl, { method: 'POST', body: '{}' })).status).toBe(401);
    expect(JSON.parse(await lines.waitFor((line) => line.includes('refused')))).toMatchObject({
      step: 'refused',
      route: 'open-messaging',
    });

    const beganMs = performance.now();
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(performance.now() - beganMs).toBeLessThan(3_000);
  },
  60_000,
);

test('a port that is taken is named, with the way out', async () => {
  const { port, release } = await occupiedPort();
  const { ended, complaint } = run('--port', String(port));
  expect(await ended).toBe(1);
  expect(await complaint).toBe(
    `Starting: building the stack and its functions …\nrelay: port ${port} is taken: stop what listens there, or let the system pick a free port with --port 0\n`,
  );
  release();
});

test('a wrong flag is refused', async () => {
  const { ended, complaint } = run('--port', '70000');
  expect(await ended).toBe(1);
  expect(await complaint).toContain('It must be a whole number from 0 to 65535.');
});

/** Listens on a port until it is released. */
async function occupiedPort(): Promise<{ port: number; release: () => void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { port: address.port, release: () => server.close() };
}
