import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the functions' processes take of the machine. */
export interface FunctionProcesses {
  /** Resident memory of the largest of them. */
  readonly largestBytes: number;
  /** Processor time of all of them since they were started; not a number where there is no `/proc`. */
  readonly cpuMs: number;
}

/** Linux counts processor time in hundredths of a second. */
const millisecondsPerTick = 10;

/** Looks at those that this process has started. */
export async function lookAtFunctionProcesses(): Promise<FunctionProcesses> {
  const { stdout } = await run('ps', ['-A', '-o', 'ppid=,pid=,rss=,args=']);
  const own = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([parent, , , ...args]) => parent === String(process.pid) && args.join(' ').includes('function-host.ts'));
  const cpuMs = await Promise.all(own.map(([, id = '']) => cpuMsOf(id)));
  return {
    largestBytes: 1_024 * Math.max(...own.map(([, , kibibytes]) => Number(kibibytes))),
    cpuMs: cpuMs.reduce((sum, ms) => sum + ms, 0),
  };
}

/** `man 5 proc`: the name in parentheses may hold spaces; the 12th and 13th fields after it are user and system time. */
async function cpuMsOf(processId: string): Promise<number> {
  const stat = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * millisecondsPerTick;
}
