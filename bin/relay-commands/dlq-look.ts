import type { Command } from 'commander';
import { openExportFile } from '../../lib/operator/dead-letters/export-file.ts';
import type { Grouping } from '../../lib/operator/dead-letters/group-dead-letters.ts';
import { parseSelection, type SelectionOptions } from '../../lib/operator/dead-letters/parse-selection.ts';
import { runExport } from '../../lib/operator/dead-letters/run-export.ts';
import { runList } from '../../lib/operator/dead-letters/run-list.ts';
import { runShow } from '../../lib/operator/dead-letters/run-show.ts';
import { groupingsOption, selectionHelp, withSelectionOptions } from './dlq-options.ts';
import type { AddressOptions, Session } from './session.ts';

interface LookOptions extends AddressOptions, SelectionOptions {
  readonly json?: true;
  readonly each?: true;
  readonly groupBy?: readonly Grouping[];
  readonly output?: string;
}

/** `relay dlq list | show | export`: nothing is changed. */
export function addDlqLookCommands(dlq: Command, { terminal, withRelay }: Session): void {
  withSelectionOptions(dlq.command('list'))
    .description('list dead letters, the oldest first; many of them in groups')
    .addOption(groupingsOption().conflicts('each'))
    .option('--each', 'a row for each, however many there are')
    .option('--json', 'print a JSON array: each as it is found, or the groups of --group-by')
    .addHelpText(
      'after',
      `
More than twenty are counted by route, cause and last status.
${selectionHelp}

Examples:
  relay dlq list --local
  relay dlq list --stack Relay-Prod --group-by cause,age
  relay dlq list --each --cause rejected --status 4xx --since 2h
  relay dlq list --json | jq -r '.[] | select(.deliveryStatus == "delivered") | .messageId'`,
    )
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<LookOptions>();
      await withRelay(options, (tools) => {
        const selection = parseSelection([], options, tools.now());
        return runList({ selection, show: showOf(options), json: options.json === true }, tools, terminal);
      });
    });

  dlq
    .command('show <ID>')
    .description('show dead letters with their history, attributes and body')
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      `
ID is a message id or an event id, exact and whole. An event can have more than one dead letter:
all are shown.

Examples:
  relay dlq show 5fea7756-0ea4-451a-a703-a558b933e274 --local
  relay dlq show 5fea7756-0ea4-451a-a703-a558b933e274 --json | jq -r '.[0].body.text'`,
    )
    .action(async (id: string, _options, command: Command) => {
      const options = command.optsWithGlobals<LookOptions>();
      await withRelay(options, (tools) => runShow(id, { json: options.json === true }, tools, terminal));
    });

  withSelectionOptions(dlq.command('export [ID...]'))
    .description('write dead letters with their bodies, one JSON object a line')
    .option('--output <FILE>', 'to a new file (default: standard output)')
    .addHelpText(
      'after',
      `
Each line is what \`relay dlq show --json\` prints of one. Bodies are customers' data: a file can
be read by you alone.
${selectionHelp}

Examples:
  relay dlq export --route open-messaging --output dead-letters.ndjson
  relay dlq export --cause rejected | jq -r .body.text`,
    )
    .action(async (ids: string[], _options, command: Command) => {
      const options = command.optsWithGlobals<LookOptions>();
      await withRelay(options, async (tools) => {
        const selection = parseSelection(ids, options, tools.now());
        if (options.output === undefined) return await runExport(selection, tools, terminal);
        const file = await openExportFile(options.output);
        return await runExport(selection, tools, { ...terminal, write: file.write }).finally(() => file.close());
      });
    });
}

function showOf({ each, groupBy }: LookOptions) {
  if (groupBy !== undefined) return { kind: 'groups' as const, by: groupBy };
  return each === true ? { kind: 'each' as const } : undefined;
}
