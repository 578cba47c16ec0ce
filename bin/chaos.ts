#!/usr/bin/env node
import { randomInt } from 'node:crypto';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { describeError } from '../lambdas/contract/errors.ts';
import { renderProgress } from '../lib/chaos/render-progress.ts';
import { renderReport, renderVerdict } from '../lib/chaos/render-report.ts';
import { failuresOf, replayCommand } from '../lib/chaos/report.ts';
import { runChaos } from '../lib/chaos/run-chaos.ts';
import { type Paint, renderStep } from '../lib/local/render-run.ts';

const program = new Command('npm run chaos --')
  .description('Lets everything fail around a relay on this machine, and accounts for every event.')
  .option('--events <number>', 'events to send', wholeNumber, 2_000)
  .option('--seed <number>', 'replays the run of that seed (default: a random one)', wholeNumber)
  .option('--speed <number>', 'how many times faster than on AWS, up to 30', speedOf, 10)
  // Not compressed: what AWS could not be used for is put off for 15 minutes at the most.
  .option('--patience <seconds>', 'how long the queue may take to run dry in the end', wholeNumber, 960)
  .option('--json', 'one JSON object instead of the table')
  .option('--verbose', 'what happens to the breaker, and what goes wrong, on standard error')
  .parse();

const options = program.opts<{
  events: number;
  seed?: number;
  speed: number;
  patience: number;
  json?: true;
  verbose?: true;
}>();
const identity = { events: options.events, speed: options.speed, seed: options.seed ?? randomInt(1_000_000) };

const { stdout, stderr } = process;
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => ending.abort(new Error('interrupted')));
}
const paint: Paint = (style, text) => styleText(style, text, { stream: stderr });
const clearLine = () => {
  if (stderr.isTTY) stderr.write('\r\u001B[K');
};
const say = (line: string) => {
  if (options.verbose !== true) return;
  clearLine();
  stderr.write(`${line}\n`);
};

try {
  const report = await runChaos({
    ...identity,
    patienceMs: options.patience * 1_000,
    onProgress: (progress) => {
      if (stderr.isTTY) stderr.write(`\r\u001B[K${renderProgress(progress)}`);
    },
    onStep: (step) => {
      if (step.step === 'breaker' || step.step === 'trial') say(renderStep(step, Date.now(), paint));
    },
    onOutput: (line) => say(paint('dim', line)),
    signal: ending.signal,
  });
  clearLine();
  const failed = failuresOf(report).length > 0;
  if (options.json === true) {
    stdout.write(`${JSON.stringify({ ...report, failures: failuresOf(report) })}\n`);
    if (failed) stderr.write(`${renderVerdict(report)}\n`);
  } else {
    stdout.write(`${renderReport(report)}\n\n${renderVerdict(report)}\n`);
  }
  if (failed) process.exitCode = 1;
} catch (error) {
  clearLine();
  // Whatever else comes of a signal is only its consequence.
  const reason: unknown = ending.signal.aborted ? ending.signal.reason : error;
  const why = reason instanceof Error ? reason.message : describeError(reason);
  stderr.write(`chaos: ${why} (seed ${identity.seed}; again: ${replayCommand(identity)})\n`);
  // What a shell reports for SIGINT.
  process.exitCode = ending.signal.aborted ? 130 : 1;
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of 1 or more.');
}

/** Beyond that, the seconds that SQS counts in would be too coarse. */
function speedOf(text: string): number {
  const speed = wholeNumber(text);
  if (speed <= 30) return speed;
  throw new InvalidArgumentError('It must be 30 at most.');
}
