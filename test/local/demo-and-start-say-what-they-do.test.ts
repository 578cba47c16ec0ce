import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { watchFor } from '../../lib/local/sightings.ts';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGTERM');
});

describe('npm run demo', () => {
  const demo = (...args: string[]) => spawnSync(process.execPath, ['bin/demo.ts', ...args], { cwd, encoding: 'utf8' });

  test('has help, and does not run for it', () => {
    const { status, stdout, stderr } = demo('--help');

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: npm run demo/);
    expect(stdout).not.toContain('accepted');
  });

  test.each([
    ['--foo', "unknown option '--foo'"],
    ['fast', 'too many arguments'],
  ])('refuses %s, which it does not know', (arg, complaint) => {
    const { status, stdout, stderr } = demo(arg);

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(complaint);
  });
});

test('npm start says at once that it starts', async () => {
  const child = spawn(process.execPath, ['bin/local.ts', '--port', '0'], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  running.push(child);
  const lines = watchFor<string>('line');
  createInterface({ input: child.stderr }).on('line', lines.add);

  expect(await lines.waitFor(() => true, 20_000)).toBe('Starting: building the stack and its functions …');
});
