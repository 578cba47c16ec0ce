#!/usr/bin/env node
import { styleText } from 'node:util';
import { Command } from 'commander';
import { describeError } from '../lambdas/contract/errors.ts';
import { renderAccounts } from '../lib/local/demo/render-accounts.ts';
import { runDemo } from '../lib/local/demo/run-demo.ts';
import { presentAsText } from '../lib/local/present-run.ts';

new Command('npm run demo')
  .description(
    'A tour on this machine: sends webhooks to a destination that misbehaves, and accounts for each. No account, no Docker.',
  )
  .parse();

const { onStep, onOutput, onDelivery } = presentAsText(process);
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort(new Error('interrupted')));

try {
  const accounts = await runDemo({
    onAct: (title) => console.log(`\n${styleText('bold', title, { stream: process.stdout })}`),
    onStep,
    onDelivery,
    onOutput,
    signal: ending.signal,
  });
  console.log(`\n${renderAccounts(accounts)}`);
  if (!accounts.every(({ accountedFor }) => accountedFor)) process.exitCode = 1;
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : describeError(error)}`);
  // What a shell reports for SIGINT.
  process.exitCode = ending.signal.aborted ? 130 : 1;
}
