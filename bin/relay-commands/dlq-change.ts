import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { openExportFile } from '../../lib/operator/dead-letters/export-file.ts';
import { parseSelection, type SelectionOptions } from '../../lib/operator/dead-letters/parse-selection.ts';
import { runEdit } from '../../lib/operator/dead-letters/run-edit.ts';
import { runPurge } from '../../lib/operator/dead-letters/run-purge.ts';
import { editedInFile, editTextWith } from '../../lib/operator/terminal/edit-text.ts';
import { fileStamp } from '../../lib/operator/terminal/file-stamp.ts';
import { selectionHelp, withSelectionOptions } from './dlq-options.ts';
import type { AddressOptions, Session } from './session.ts';

interface EditCommandOptions extends AddressOptions {
  readonly body?: string;
  readonly yes?: true;
  readonly json?: true;
}

interface PurgeCommandOptions extends AddressOptions, SelectionOptions {
  readonly all?: true;
  readonly dryRun?: true;
  readonly confirm?: string;
  readonly output?: string;
  readonly json?: true;
}

/** `relay dlq edit | purge` */
export function addDlqChangeCommands(dlq: Command, { terminal, withRelay }: Session): void {
  dlq
    .command('edit <ID>')
    .description("change one dead letter's body in $VISUAL or $EDITOR")
    .option('--body <FILE>', 'take the new body from a file, without an editor')
    .option('--yes', 'do not ask')
    .option('--json', 'print a JSON object; needs --yes')
    .addHelpText(
      'after',
      `
It stays the same event, with the same id, and stays in the dead letter queue until you redrive
it. The message is a new one, with an attribute EditedAt; the destination gets the header
x-relay-edited-at. The sender's signature is dropped: it would not fit. SQS keeps the new message
for 14 days from now.

Examples:
  relay dlq edit 5fea7756-0ea4-451a-a703-a558b933e274 --local
  relay dlq show ID --json | jq -r '.[0].body.text' | jq '.amount = 0' > body.json
  relay dlq edit ID --body body.json --yes`,
    )
    .action(async (id: string, _options, command: Command) => {
      const options = command.optsWithGlobals<EditCommandOptions>();
      const editor = process.env.VISUAL ?? process.env.EDITOR ?? 'vi';
      const editText = options.body === undefined ? editTextWith(editor) : editedInFile(options.body);
      await withRelay(options, (tools) =>
        runEdit(
          id,
          { yes: options.yes === true, json: options.json === true },
          { ...tools, editText, newId: randomUUID },
          terminal,
        ),
      );
    });

  withSelectionOptions(dlq.command('purge [ID...]'))
    .description('delete dead letters for good, after exporting them')
    .option('--all', 'allow it to mean all of them')
    .option('--dry-run', 'count them and do nothing')
    .option('--confirm <PHRASE>', 'what you would have to type: "purge N"')
    .option('--output <FILE>', 'export them to this new file (default: relay-purged-TIME.ndjson)')
    .option('--json', 'print a JSON object; needs --confirm or --dry-run')
    .addHelpText(
      'after',
      `
They are exported with their bodies first; only what was exported is deleted. A purged event stays
given up in its delivery record: a copy that comes later is not delivered until the route's
dedupeDays are over. Offloaded bodies stay in the payload bucket until they expire.
${selectionHelp}

Examples:
  relay dlq purge --cause malformed-message --dry-run
  relay dlq purge --cause malformed-message --output malformed.ndjson
  relay dlq purge --cause malformed-message --confirm "purge 12" --json`,
    )
    .action(async (ids: string[], _options, command: Command) => {
      const { all, dryRun, json, confirm, output, ...options } = command.optsWithGlobals<PurgeCommandOptions>();
      await withRelay(options, (tools) => {
        const nowMs = tools.now();
        const purge = {
          selection: parseSelection(ids, options, nowMs),
          all: all === true,
          dryRun: dryRun === true,
          json: json === true,
          phrase: confirm,
          exportPath: output ?? `relay-purged-${fileStamp(nowMs)}.ndjson`,
        };
        return runPurge(purge, { ...tools, openExportFile }, terminal);
      });
    });
}
