#!/usr/bin/env node
import { Command, Option } from 'commander';
import { readDuration, readShare } from '../lib/simulation/read-number.ts';
import { renderSimulation } from '../lib/simulation/render-simulation.ts';
import { runSimulation, simulationDocument } from '../lib/simulation/run-simulation.ts';
import { defaultScenario, timings } from '../lib/simulation/scenario.ts';
import { refuse, wholeNumber } from './whole-number.ts';

const longestLatencyMs = timings.deliveryTimeoutSeconds * 1_000;

const program = new Command('npm run simulate --')
  .description(
    'Works out what an outage of a destination does to its route: queue, in-flight messages, drain time and cost.\nThe breaker is the real one; SQS, Lambda and the destination are models, second by second, without chance.',
  )
  .option('--rate <events/s>', 'events a second', wholeNumber(1, 20_000), defaultScenario.eventsPerSecond)
  .addOption(
    new Option('--outage <time>', 'how long the destination fails')
      .argParser(parseOutage)
      .default(defaultScenario.outageSeconds, '4h'),
  )
  .option('--latency <ms>', "the destination's answer", wholeNumber(1, longestLatencyMs), defaultScenario.latencyMs)
  .option('--outage-latency <ms>', 'the same in the outage (default: as --latency)', wholeNumber(1, longestLatencyMs))
  .option('--concurrency <number>', "the route's maxConcurrency", wholeNumber(2, 1_000), defaultScenario.maxConcurrency)
  .option('--size <bytes>', "a webhook's body", wholeNumber(1, 6_000_000), defaultScenario.eventBytes)
  .option('--failing <share>', 'share of POSTs that fail in the outage', parseShare, defaultScenario.failingShare)
  .option('--without-breaker', 'print the course of the route without its breaker')
  .option('--json', 'print a JSON object: all figures, and both courses minute by minute')
  .addHelpText(
    'after',
    `
Examples:
  npm run simulate                                            4 h at 1,000 events/s
  npm run simulate -- --rate 50 --outage 2d --concurrency 10  a quieter route, a longer outage
  npm run simulate -- --outage-latency 10000                  a destination that hangs
  npm --silent run simulate -- --json | jq .withBreaker.drainedAfterS`,
  )
  .parse();

const options = program.opts<{
  rate: number;
  outage: number;
  latency: number;
  outageLatency?: number;
  concurrency: number;
  size: number;
  failing: number;
  withoutBreaker?: true;
  json?: true;
}>();

const simulation = await runSimulation({
  eventsPerSecond: options.rate,
  outageSeconds: options.outage,
  latencyMs: options.latency,
  outageLatencyMs: options.outageLatency ?? options.latency,
  maxConcurrency: options.concurrency,
  eventBytes: options.size,
  failingShare: options.failing,
});

// The reader of a pipe such as `| head` is gone: it has seen enough.
process.stdout.on('error', () => process.exit());
process.stdout.write(
  options.json === true
    ? `${JSON.stringify(simulationDocument(simulation), undefined, 2)}\n`
    : `${renderSimulation(simulation, options.withoutBreaker === true ? 'without-breaker' : 'with-breaker')}\n`,
);

/** After 3.5 days a paused route is emptied into its dead letter queue, which the model does not have. */
function parseOutage(text: string): number {
  return readDuration(text, 60, 3 * 86_400) ?? refuse('It must be a time from 1m to 3d, such as 90s, 30m, 4h or 2d.');
}

function parseShare(text: string): number {
  return readShare(text, 0.01) ?? refuse('It must be a number from 0.01 to 1.');
}
