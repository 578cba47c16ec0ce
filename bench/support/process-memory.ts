import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The resident memory of the largest of the processes that this one has started, in bytes. */
export async function memoryOfLargestChild(): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=,comm=', '--ppid', String(process.pid)]);
  const kibibytes = stdout.split('\n').flatMap((line) => (/ node$/.test(line) ? [Number.parseInt(line, 10)] : []));
  return 1_024 * Math.max(...kibibytes);
}
