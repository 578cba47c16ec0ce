import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runCommand } from './run-command.ts';

/** What the newest of the requirements asks for. */
const leastPython = [3, 10] as const;

const candidates = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** The first Python on the PATH that is new enough; undefined where there is none. */
export async function findPython(): Promise<string | undefined> {
  for (const candidate of candidates) {
    if (await isNewEnough(candidate)) return candidate;
  }
  return undefined;
}

async function isNewEnough(python: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', 'import sys; print(*sys.version_info[:2])']);
    const [major = 0, minor = 0] = stdout.trim().split(' ').map(Number);
    return major === leastPython[0] && minor >= leastPython[1];
  } catch {
    return false;
  }
}

/** A virtual environment with the requirements in it. @returns the folder of its programs */
export async function makePythonEnvironment(
  python: string,
  folder: string,
  requirements: string,
  signal: AbortSignal,
): Promise<string> {
  await runCommand({ file: python, args: ['-m', 'venv', folder], withinMs: 60_000, signal });
  const programs = join(folder, 'bin');
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
  await runCommand({
    file: join(programs, 'python'),
    args: [...install, '-r', requirements],
    withinMs: 300_000,
    signal,
  });
  return programs;
}
