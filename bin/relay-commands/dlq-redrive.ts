import { type Command, Option } from 'commander';
import { parseSelection, type SelectionOptions } from '../../lib/operator/dead-letters/parse-selection.ts';
import { isEverything } from '../../lib/operator/dead-letters/selection.ts';
import { OperatorError } from '../../lib/operator/operator-error.ts';
import { planFiles } from '../../lib/operator/redrive/plan-file.ts';
import { patienceMs, vanguard } from '../../lib/operator/redrive/redrive-gate.ts';
import { runMoveAll } from '../../lib/operator/redrive/run-move-all.ts';
import { runRedrive } from '../../lib/operator/redrive/run-redrive.ts';
import { runResume } from '../../lib/operator/redrive/run-resume.ts';
import { numberBetween, percentOrNever, selectionHelp, wholeBetween, withSelectionOptions } from './dlq-options.ts';
import type { AddressOptions, Session } from './session.ts';

interface RedriveCommandOptions extends AddressOptions, SelectionOptions {
  readonly yes?: true;
  readonly dryRun?: true;
  readonly json?: true;
  readonly all?: true;
  readonly rate: number;
  readonly limit?: number;
  readonly stopAt: number | 'never';
  readonly wait: number;
  readonly plan?: string;
  readonly resume?: string;
}

/** `relay dlq redrive` */
export function addDlqRedriveCommand(dlq: Command, { terminal, withRelay }: Session): void {
  withSelectionOptions(dlq.command('redrive [ID...]'))
    .description("put dead letters back on their route's queue, to be delivered")
    .option('--yes', 'do not ask')
    .option('--dry-run', 'show the plan and do nothing; with --plan, keep it')
    .option('--json', 'print a JSON object; needs --yes or --dry-run')
    .option('--rate <NUMBER>', 'messages a second, 0.1 to 500', numberBetween(0.1, 500), 20)
    .option('--limit <NUMBER>', 'the oldest so many', wholeBetween(1, 1_000_000))
    .option('--stop-at <PERCENT>', 'stop when so many of the latest outcomes fail again, or never', percentOrNever, 50)
    .option('--wait <SECONDS>', 'how long outcomes are waited for at the end', numberBetween(0, 3_600), 15)
    .option('--plan <FILE>', 'keep the plan there (default: relay-redrive-TIME.json, gone once all is delivered)')
    .addOption(new Option('--resume <FILE>', 'go on with a plan').conflicts(['plan', 'limit', 'all']))
    .addOption(new Option('--all', 'have SQS move everything by itself').conflicts(['limit', 'plan']))
    .addHelpText(
      'after',
      `
Without IDs (message ids or event ids) and filters all dead letters are meant. The plan is shown
before you are asked, and written to a file before anything is sent. Each message is sent before
its dead letter is deleted: whatever happens, none is lost. Sent twice, an event is still
delivered once. Ctrl-C stops after the messages at hand.

The first ${vanguard} of each route go ahead; the rest follow when it is known how those fared. It stops
when 50% (--stop-at) of the latest 20 outcomes are failures again, 5 at least, or when nothing is
heard for ${patienceMs / 1000} s. --resume goes on, and takes those that failed again once more.

--all is SQS's own message move task: fast, and it goes on without you. It keeps no plan, looks at
no outcomes and stops only on Ctrl-C. Where the service has none, everything is redriven message
by message instead.
${selectionHelp}

Examples:
  relay dlq redrive --local --dry-run
  relay dlq redrive 5fea7756-0ea4-451a-a703-a558b933e274 --stack Relay-Prod
  relay dlq redrive --cause rejected --dry-run --plan fix.json
  relay dlq redrive --resume fix.json --rate 50
  relay dlq redrive --route open-messaging --yes --json`,
    )
    .action(async (ids: string[], _options, command: Command) => {
      const options = command.optsWithGlobals<RedriveCommandOptions>();
      const { yes, dryRun, json, rate, limit, stopAt, wait, plan, resume, all } = options;
      const common = {
        yes: yes === true,
        dryRun: dryRun === true,
        json: json === true,
        rate,
        stopAtPercent: stopAt,
        waitMs: wait * 1_000,
        planPath: plan,
      };
      await withRelay(options, async (relayTools) => {
        const selection = parseSelection(ids, options, relayTools.now());
        const tools = { ...relayTools, planFiles };
        const { route } = selection;
        if (resume !== undefined) {
          if (!isEverything(selection)) throw ownChoice('--resume');
          return await runResume(resume, common, tools, terminal);
        }
        if (all === true) {
          if (!isEverything({ ...selection, route: undefined })) throw ownChoice('--all');
          return await runMoveAll({ ...common, route }, tools, terminal);
        }
        return await runRedrive({ ...common, selection, limit }, tools, terminal);
      });
    });
}

function ownChoice(option: string): OperatorError {
  return new OperatorError(
    'USAGE',
    `${option} takes no ids and no filters: it says itself which dead letters are meant`,
  );
}
