#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import { describeError } from '../lambdas/contract/errors.ts';
import { presentAsJson, presentAsText } from '../lib/local/present-run.ts';
import { startLocalRelay } from '../lib/local/run-local.ts';

const program = new Command('npm start --')
  .description('Runs the whole relay on this machine: no account, no Docker. Everything is in memory.')
  .option('--port <number>', 'port for webhooks; 0 picks a free one', parsePort, 3000)
  .option('--config <path>', 'configuration, .ts or .json', 'relay.config.ts')
  .option('--deliver-to <url>', 'destination of all routes (default: a built-in one, which prints)', parseUrl)
  .option('--json', 'one JSON object a line: first the ready message, then every step')
  .addHelpText(
    'after',
    `
Examples:
  npm start                                                  try it out
  npm start -- --port 0 --config my.config.json              another configuration, any free port
  npm start -- --deliver-to http://127.0.0.1:8080/genesys    deliver to your own service
  npm --silent start -- --json | jq .step                    watch with a program`,
  )
  .parse();

const options = program.opts<{ port: number; config: string; deliverTo?: string; json?: true }>();
const { onReady, ...listeners } = options.json === true ? presentAsJson(process) : presentAsText(process);
const ending = new AbortController();

// The seconds until it is ready would be silent. Not for programs, whose first line is the ready message.
if (options.json !== true) console.error('Starting: building the stack and its functions …');

const starting = startLocalRelay({
  port: options.port,
  config: options.config,
  ...(options.deliverTo === undefined ? {} : { deliverTo: options.deliverTo }),
  ...listeners,
  signal: ending.signal,
});

/** Ends the run, wherever it stands, and this process with it. */
async function end(exitCode: number): Promise<never> {
  // While it still starts, aborting makes it clean up after itself and reject.
  ending.abort();
  await starting.then(
    (relay) => relay.stop(),
    () => {},
  );
  process.exit(exitCode);
}

function fail(error: unknown): void {
  // Whatever a signal broke off is no failure.
  if (ending.signal.aborted) return;
  console.error(`relay: ${error instanceof Error ? error.message : describeError(error)}`);
  end(1).catch(() => process.exit(1));
}

function onSignal(): void {
  // The second one is from somebody who does not want to wait: 130 is what a shell reports for SIGINT.
  if (ending.signal.aborted) process.exit(130);
  end(0).catch(() => process.exit(1));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
process.on('uncaughtException', fail);
// The reader of a pipe such as `| head` is gone: there is nobody left to run for.
process.stdout.on('error', () => {
  if (!ending.signal.aborted) onSignal();
});

starting.then(onReady).catch(fail);

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
}

function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('It must be a URL that starts with http:// or https://.');
}
