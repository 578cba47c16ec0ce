import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs a file of bench/subjects in a process of its own and returns what it reports. What it logs goes nowhere, but it
 * is written: that is part of what a function does.
 *
 * @param environment the whole of it
 * @throws Error when it ends without a report
 */
export function runSubject<Input, Result>(
  name: string,
  input: Input,
  environment: Readonly<Record<string, string>>,
): Promise<Result> {
  const path = fileURLToPath(new URL(`../subjects/${name}.ts`, import.meta.url));
  const child = fork(path, [JSON.stringify(input)], {
    env: environment,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', (result: Result) => resolve(result));
    child.once('close', (code) => reject(new Error(`${name} ended with ${code} before it had measured anything`)));
  });
}

/** The other end, in the subject, which then is done. */
export function report(result: object): void {
  process.send?.(result, () => process.exit());
}
