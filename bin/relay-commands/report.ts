import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { exitCodes } from './exit-codes.ts';
import type { AddressOptions, Session } from './session.ts';

interface ReportOptions extends AddressOptions {
  readonly hours: string;
  readonly output: string;
  readonly json?: true;
}

/** `relay report`: the figures of the last hours as a page. */
export function addReportCommand(program: Command, { terminal, withRelay }: Session): void {
  program
    .command('report')
    .description('draw the figures of the last hours as one HTML page')
    .option('--hours <HOURS>', 'how far back; a local run is shown from its start', '24')
    .option('--output <FILE>', 'the page; what is there is replaced', 'relay-report.html')
    .option('--json', 'print the totals as a JSON object, too')
    .addHelpText(
      'after',
      `
From accepted to delivered, time to delivery, what waits, dead letters by cause, retries by class,
what was refused, and what the requests cost, for each route. The page needs nothing else: no
script, no network. A local run keeps its own figures; those of a deployed relay are read from
CloudWatch, which bills a cent for about twenty routes.

Examples:
  relay report --local
  relay report --stack Relay-Prod --hours 168 --output week.html
${exitCodes}`,
    )
    .action(async (_options, command: Command) => {
      const { hours, output, json, ...address } = command.optsWithGlobals<ReportOptions>();
      // What draws is large: the other commands do not wait for it.
      const { runReport } = await import('../../lib/operator/report/run-report.ts');
      const write = (path: string, text: string) => writeFile(path, text);
      await withRelay(address, (tools) =>
        runReport({ hours, output, json: json === true }, { ...tools, writeFile: write }, terminal),
      );
    });
}
