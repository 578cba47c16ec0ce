import type { Command } from 'commander';
import { largestMessageBytes } from '../../lambdas/contract/aws-limits.ts';
import { readBytes, readPercentage } from '../../lib/cost/read-workload.ts';
import { costDocument, renderCost } from '../../lib/cost/render-cost.ts';
import { refuse, wholeNumber } from '../whole-number.ts';
import type { Session } from './session.ts';

interface CostOptions {
  readonly events: number;
  readonly size: number;
  readonly offloaded: number;
  readonly failing: number;
  readonly answerMs: number;
  readonly routes: number;
  readonly json?: true;
}

/** `relay cost`: what events cost, and how that comes about. It asks no relay and no AWS. */
export function addCostCommand(program: Command, { terminal, conclude }: Session): void {
  program
    .command('cost')
    .description('work out what events cost on AWS, by service, and what other designs would')
    .option('--events <NUMBER>', 'events', wholeNumber(1, 1_000_000_000_000), 1_000_000)
    .option('--size <BYTES>', "a webhook's body that is not offloaded: 2kb, 200kb, 2048", parseSize, 2_048)
    .option('--offloaded <SHARE>', 'share of events with a body over 256 KiB: 1% or 0.01', parseShare, 0)
    .option('--failing <SHARE>', 'share of events whose first attempt fails', parseShare, 0)
    .option('--answer-ms <MS>', 'how long the destination takes to answer', wholeNumber(0, 60_000), 100)
    .option('--routes <NUMBER>', 'routes, for what is billed each month', wholeNumber(1, 1_000), 1)
    .option('--json', 'print a JSON object: every line of the bill')
    .addHelpText(
      'after',
      `
A model, not a bill: list prices of one region, times what the relay asks of AWS for each event.

Examples:
  relay cost
  relay cost --events 30000000 --size 2kb --offloaded 1% --failing 2%
  relay cost --json | jq .totalUsd`,
    )
    .action((_options, command: Command) =>
      conclude(async () => {
        const options = command.optsWithGlobals<CostOptions>();
        const load = {
          events: options.events,
          eventBytes: options.size,
          offloadedShare: options.offloaded,
          failingShare: options.failing,
          destinationMs: options.answerMs,
          routes: options.routes,
        };
        terminal.print(options.json === true ? JSON.stringify(costDocument(load), undefined, 2) : renderCost(load));
        return 0;
      }),
    );
}

function parseSize(text: string): number {
  const bytes = readBytes(text);
  if (bytes === undefined || bytes < 1 || bytes > largestMessageBytes) {
    refuse('It must be a size up to 1 MiB, such as 2kb or 2048. Larger bodies are offloaded: see --offloaded.');
  }
  return bytes;
}

function parseShare(text: string): number {
  return readPercentage(text) ?? refuse('It must be a share such as 1% or 0.01, up to 100%.');
}
