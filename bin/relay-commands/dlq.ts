import type { Command } from 'commander';
import { runList } from '../../lib/operator/dead-letters/run-list.ts';
import { runRedrive } from '../../lib/operator/dead-letters/run-redrive.ts';
import { runShow } from '../../lib/operator/dead-letters/run-show.ts';
import { exitCodes } from './exit-codes.ts';
import type { AddressOptions, Session } from './session.ts';

interface DlqOptions extends AddressOptions {
  readonly route?: string;
  readonly json?: true;
  readonly yes?: true;
  readonly dryRun?: true;
}

/** `relay dlq …`: dead letters, listed, shown and redriven. */
export function addDlqCommands(program: Command, { terminal, withRelay }: Session): void {
  const dlq = program
    .command('dlq')
    .description('dead letters: webhooks that could not be delivered')
    .addHelpText(
      'after',
      `
A dead letter has a cause: rejected, attempts-exhausted, retention-reached, foreign-pointer, wrong-route,
malformed-message, payload-missing; or receive-limit when the processor died on it and SQS moved it, and not-queued when
EventBridge could not put it on the route's queue.
${exitCodes}`,
    );

  dlq
    .command('list')
    .description('list dead letters, the oldest first')
    .option('--route <ROUTE>', 'only those of this route')
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      '\nExamples:\n  relay dlq list --local\n  relay dlq list --stack Relay-Prod --route open-messaging',
    )
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<DlqOptions>();
      await withRelay(options, (tools) =>
        runList({ route: options.route, json: options.json === true }, tools, terminal),
      );
    });

  dlq
    .command('show <ID>')
    .description('show dead letters with their attributes and body')
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      `
ID is a message id or an event id, exact and whole. An event can have more than one dead letter: all are shown.

Examples:
  relay dlq show 5fea7756-0ea4-451a-a703-a558b933e274 --local
  relay dlq show 5fea7756-0ea4-451a-a703-a558b933e274 --json | jq -r '.[0].body.text'`,
    )
    .action(async (id: string, _options, command: Command) => {
      const options = command.optsWithGlobals<DlqOptions>();
      await withRelay(options, (tools) => runShow(id, { json: options.json === true }, tools, terminal));
    });

  dlq
    .command('redrive [ID...]')
    .description("put dead letters back on their route's queue, to be delivered")
    .option('--route <ROUTE>', 'only those of this route')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'show the plan and do nothing')
    .option('--json', 'print a JSON object; needs --yes or --dry-run')
    .addHelpText(
      'after',
      `
Without IDs (message ids or event ids) all dead letters are meant. The plan is shown before you are asked. Each
message is sent before its dead letter is deleted: whatever happens, none is lost. Ctrl-C stops after the current one.

Examples:
  relay dlq redrive --local --dry-run
  relay dlq redrive 5fea7756-0ea4-451a-a703-a558b933e274 --stack Relay-Prod
  relay dlq redrive --route open-messaging --yes --json`,
    )
    .action(async (ids: string[], _options, command: Command) => {
      const options = command.optsWithGlobals<DlqOptions>();
      const { yes, dryRun, json, route } = options;
      const redrive = { route, yes: yes === true, dryRun: dryRun === true, json: json === true };
      await withRelay(options, (tools) => runRedrive(ids, redrive, tools, terminal));
    });
}
