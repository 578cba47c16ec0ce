#!/usr/bin/env node
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import type { Figure, Progress } from './figure.ts';
import { measureAccept } from './figures/accept.ts';
import { measureColdStart } from './figures/cold-start.ts';
import { measureDeliver } from './figures/deliver.ts';
import { measureDrain } from './figures/drain.ts';
import { measureGrowth } from './figures/growth.ts';
import { type Circumstances, missedBars, renderForTerminal, replaceResults } from './render-results.ts';

const parts: Readonly<Record<string, (progress: Progress) => Promise<readonly Figure[]>>> = {
  'cold-start': measureColdStart,
  accept: measureAccept,
  deliver: measureDeliver,
  drain: measureDrain,
  growth: measureGrowth,
};

const program = new Command('npm run bench --')
  .description(
    'Measures the relay on this machine against the least that its work takes, and against others that do it.\nEvery figure is a ratio of two that were measured in turns; it takes some six minutes, and a quiet machine.',
  )
  .option('--json <FILE>', 'write every figure to a file, too')
  .option('--docs', 'write the results into docs/performance.md')
  .addOption(new Option('--only <PART...>', 'measure some of it').choices(Object.keys(parts)).conflicts('docs'))
  .addHelpText('after', '\nExit codes: 0 every bar that was measured holds; 1 one does not.')
  .parse();

const options = program.opts<{ json?: string; docs?: true; only?: readonly string[] }>();

const figures: Figure[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (options.only?.includes(name) ?? true)
    figures.push(...(await measure((line) => process.stderr.write(`${line}\n`))));
}

const results = { circumstances: circumstances(), figures };
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
if (options.docs === true) {
  const path = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
  writeFileSync(path, replaceResults(readFileSync(path, 'utf8'), results));
}
const missed = missedBars(figures);
for (const line of missed) process.stderr.write(`missed: ${line}\n`);
// A peer's connections would hold the process for seconds; ended at once, it would not have written it all to a pipe.
process.stdout.write(`${renderForTerminal(results)}\n`, () => process.exit(missed.length === 0 ? 0 : 1));

function circumstances(): Circumstances {
  const [cpu] = cpus();
  return {
    machine: `${cpus().length} cores of ${cpu?.model.trim() ?? 'an unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  };
}
