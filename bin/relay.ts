#!/usr/bin/env node
import { styleText } from 'node:util';
import { Command, CommanderError, Option } from 'commander';
import { confirmOn } from '../lib/operator/confirm.ts';
import { connectRelay, type Relay } from '../lib/operator/connect-relay.ts';
import type { FindTools } from '../lib/operator/find-dead-letters.ts';
import { generateSecret } from '../lib/operator/generate-secret.ts';
import { locateRelay } from '../lib/operator/locate-relay.ts';
import { OperatorError, type OperatorErrorCode } from '../lib/operator/operator-error.ts';
import { defaultLocalUrl, parseLocalUrl } from '../lib/operator/parse-local-url.ts';
import type { RelayAddress } from '../lib/operator/relay-location.ts';
import { runList } from '../lib/operator/run-list.ts';
import { runRedrive } from '../lib/operator/run-redrive.ts';
import { runRouteList } from '../lib/operator/run-route-list.ts';
import { runRoutePause } from '../lib/operator/run-route-pause.ts';
import { runRouteResume } from '../lib/operator/run-route-resume.ts';
import { runSecretRotate } from '../lib/operator/run-secret-rotate.ts';
import { runSecretShow } from '../lib/operator/run-secret-show.ts';
import { runShow } from '../lib/operator/run-show.ts';
import type { ExitCode, Terminal } from '../lib/operator/terminal.ts';

interface AddressOptions {
  readonly local?: string | true;
  readonly stack: string;
  readonly region?: string;
  readonly profile?: string;
}

interface DlqOptions extends AddressOptions {
  readonly route?: string;
  readonly json?: true;
  readonly yes?: true;
  readonly dryRun?: true;
}

interface RouteOptions extends AddressOptions {
  readonly json?: true;
}

interface SecretOptions extends RouteOptions {
  readonly yes?: true;
}

const { stdin, stdout, stderr } = process;

const terminal: Terminal = {
  print: (line) => stdout.write(`${line}\n`),
  note: (line) => stderr.write(`${styleText('yellow', line, { stream: stderr })}\n`),
  progress: (text) => {
    if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`);
  },
  paint: (style, text) => styleText(style, text, { stream: stdout }),
  columns: stdout.isTTY ? stdout.columns : undefined,
  // Asked on standard error: standard output is the result, whoever reads it.
  confirm: stdin.isTTY && stderr.isTTY ? confirmOn(stdin, stderr) : undefined,
};

/** The first Ctrl-C ends the command in good order; a second one, at once. */
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interruption.abort(new OperatorError('INTERRUPTED', 'interrupted: nothing was changed')));
}

// `relay dlq list | head` closes our output when it has seen enough: that is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** What the command that ran came to. */
let exitCode: ExitCode = 0;

const program = new Command('relay')
  .description('Look after a Genesys Webhook Relay')
  .addOption(
    new Option(
      '--local [URL]',
      `the relay that \`npm start\` runs: a URL or a port (default: ${defaultLocalUrl})`,
    ).conflicts('stack'),
  )
  .option('--stack <NAME>', 'the deployed relay of this CloudFormation stack', 'GenesysWebhookRelay')
  .option('--region <REGION>', 'AWS region of the stack (default: as the AWS CLI finds it)')
  .option('--profile <PROFILE>', 'AWS profile to use (default: as the AWS CLI finds it)')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

const exitCodes =
  '\nExit codes: 0 done; 1 not done, or not all of it; 2 wrong usage, or the relay could not be reached.';

const dlq = program
  .command('dlq')
  .description('dead letters: webhooks that could not be delivered')
  .addHelpText(
    'after',
    `
A dead letter has a cause: rejected, attempts-exhausted, retention-reached, foreign-pointer, wrong-route,
malformed-message, payload-missing; or receive-limit when the processor died on it and SQS moved it.
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

const route = program
  .command('route')
  .description('routes: whether their events flow, and a switch for it')
  .addHelpText(
    'after',
    `
A route is paused by its breaker when its destination fails, refuses the credentials, asks for a long wait or says
that it is gone; or by you. Events of a paused route are accepted as before, and wait on its queue.
${exitCodes}`,
  );

route
  .command('list')
  .description('list the routes: flowing or paused, why, what happens next, and how many events wait')
  .option('--json', 'print a JSON array')
  .addHelpText(
    'after',
    `
WAITING events could be delivered now; those IN FLIGHT are being delivered, or hidden until their next attempt. Both
are approximate. Times are UTC.

Examples:
  relay route list --local
  relay route list --stack Relay-Prod --json | jq -r '.[] | select(.state == "open") | .route'`,
  )
  .action(async (_options, command: Command) => {
    const options = command.optsWithGlobals<RouteOptions>();
    await withRelay(options, (tools) => runRouteList({ json: options.json === true }, tools, terminal));
  });

route
  .command('pause <ROUTE>')
  .description('post nothing more to the destination of a route until it is resumed')
  .option('--json', 'print a JSON object')
  .addHelpText(
    'after',
    `
Does not ask: nothing is lost by a pause, and \`relay route resume\` ends it. A route that is paused already does not
reopen by itself any more.

Examples:
  relay route pause open-messaging --local
  relay route pause open-messaging --stack Relay-Prod`,
  )
  .action(async (name: string, _options, command: Command) => {
    const options = command.optsWithGlobals<RouteOptions>();
    await withRelay(options, (tools) => runRoutePause(name, { json: options.json === true }, tools, terminal));
  });

route
  .command('resume <ROUTE>')
  .description('let the events of a paused route go, a few at first')
  .option('--json', 'print a JSON object')
  .addHelpText(
    'after',
    `
Whatever paused the route, and however long its destination asked to wait. If the first events fail, it is paused again.

Examples:
  relay route resume open-messaging --local
  relay route resume open-messaging --stack Relay-Prod`,
  )
  .action(async (name: string, _options, command: Command) => {
    const options = command.optsWithGlobals<RouteOptions>();
    await withRelay(options, (tools) => runRouteResume(name, { json: options.json === true }, tools, terminal));
  });

const secret = program
  .command('secret')
  .description('secrets: what a route and its sender know of each other by')
  .addHelpText(
    'after',
    `
The current and the previous secret of a route are let in. Both are printed as they are: mind who can read along.
${exitCodes}`,
  );

secret
  .command('show <ROUTE>')
  .description('print the secret of a route, and the one before it')
  .option('--json', 'print a JSON object')
  .addHelpText(
    'after',
    `
Examples:
  relay secret show open-messaging --local
  relay secret show open-messaging --stack Relay-Prod --json | jq -r .current.value`,
  )
  .action(async (name: string, _options, command: Command) => {
    const options = command.optsWithGlobals<RouteOptions>();
    await withRelay(options, (tools) => runSecretShow(name, { json: options.json === true }, tools, terminal));
  });

secret
  .command('rotate <ROUTE>')
  .description('make a new secret for a route; the one that it replaces stays valid')
  .option('--yes', 'do not ask')
  .option('--json', 'print a JSON object; needs --yes')
  .addHelpText(
    'after',
    `
Give the new secret to the sender afterwards: no webhook is refused meanwhile. The secret before the one that is
replaced is retired. Leave five minutes between two rotations.

Examples:
  relay secret rotate open-messaging --local
  relay secret rotate open-messaging --stack Relay-Prod --yes --json | jq -r .secret`,
  )
  .action(async (name: string, _options, command: Command) => {
    const options = command.optsWithGlobals<SecretOptions>();
    const rotation = { yes: options.yes === true, json: options.json === true };
    await withRelay(options, (tools) =>
      runSecretRotate(name, rotation, { ...tools, newSecret: generateSecret }, terminal),
    );
  });

async function withRelay(
  options: AddressOptions,
  run: (tools: FindTools & { readonly relay: Relay }) => Promise<ExitCode>,
): Promise<void> {
  const relay = connectRelay(await locateRelay(addressOf(options)));
  try {
    exitCode = await run({ relay, now: Date.now, signal: interruption.signal });
  } finally {
    relay.close();
  }
}

function addressOf({ local, stack, region, profile }: AddressOptions): RelayAddress {
  if (local !== undefined) return { kind: 'local', url: parseLocalUrl(local) };
  return { kind: 'stack', stackName: stack, region, profile };
}

/** Errors of a command that was understood and reached its relay. */
const notDone: ReadonlySet<OperatorErrorCode> = new Set(['DEAD_LETTER_NOT_FOUND', 'CHANGED_MEANWHILE', 'INTERRUPTED']);

/** Tells what went wrong in one line, and what that makes the exit code. */
function report(error: unknown): ExitCode {
  // Commander has printed its own; it also throws to end `--help`, which is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  terminal.progress('');
  const message = error instanceof Error ? error.message : String(error);
  stderr.write(`${styleText('red', 'error:', { stream: stderr })} ${message}\n`);
  if (process.env.DEBUG === 'relay' && error instanceof Error) stderr.write(`${error.stack ?? ''}\n`);
  return error instanceof OperatorError && !notDone.has(error.code) ? 2 : 1;
}

try {
  await program.parseAsync();
} catch (error) {
  exitCode = report(error);
}
process.exitCode = exitCode;
