#!/usr/bin/env node
import { styleText } from 'node:util';
import { Command, CommanderError, Option } from 'commander';
import { relayVersion } from '../lib/infra/relay-version.ts';
import { defaultLocalUrl, parseLocalUrl } from '../lib/operator/connection/parse-local-url.ts';
import { defaultStackName } from '../lib/operator/connection/relay-command.ts';
import { OperatorError, type OperatorErrorCode } from '../lib/operator/operator-error.ts';
import { askOn } from '../lib/operator/terminal/ask.ts';
import { confirmOn } from '../lib/operator/terminal/confirm.ts';
import { printableLine } from '../lib/operator/terminal/printable.ts';
import { progressBarsOn } from '../lib/operator/terminal/progress-bar.ts';
import type { ExitCode } from '../lib/operator/terminal/terminal.ts';
import { writePacedOn } from '../lib/operator/terminal/write-paced.ts';
import { addCostCommand } from './relay-commands/cost.ts';
import { addDlqCommands } from './relay-commands/dlq.ts';
import { addDoctorCommand } from './relay-commands/doctor.ts';
import { addGenesysCommands } from './relay-commands/genesys.ts';
import { addReportCommand } from './relay-commands/report.ts';
import { addRouteCommands } from './relay-commands/route.ts';
import { addSecretCommands } from './relay-commands/secret.ts';
import { addSendCommand } from './relay-commands/send.ts';
import { type CommandTerminal, openSession } from './relay-commands/session.ts';

const { stdin, stdout, stderr } = process;

const write = writePacedOn(stdout);

const terminal: CommandTerminal = {
  print: (line) => stdout.write(`${printableLine(line)}\n`),
  note: (line) => stderr.write(`${styleText('yellow', line, { stream: stderr })}\n`),
  progress: (text) => {
    if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`);
  },
  paint: (style, text) => styleText(style, text, { stream: stdout }),
  columns: stdout.isTTY ? stdout.columns : undefined,
  // Asked on standard error: standard output is the result, whoever reads it.
  confirm: stdin.isTTY && stderr.isTTY ? confirmOn(stdin, stderr) : undefined,
  ask: stdin.isTTY && stderr.isTTY ? askOn(stdin, stderr) : undefined,
  write: (text) => write(printableLine(text)),
  openBar: progressBarsOn(stderr),
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

const program = new Command('relay')
  .description('Look after a Genesys Webhook Relay')
  .version(relayVersion, '--version', 'print the version of this command')
  .addOption(
    new Option('--local [URL]', `the relay that \`npm start\` runs: a URL or a port (default: ${defaultLocalUrl})`)
      // Here, ahead of commander's own look at the arguments: it would only say that one is missing.
      .argParser(parseLocalUrl)
      .conflicts('stack'),
  )
  .option('--stack <NAME>', 'the deployed relay of this CloudFormation stack', defaultStackName)
  .option('--region <REGION>', 'AWS region of the stack (default: as the AWS CLI finds it)')
  .option('--profile <PROFILE>', 'AWS profile to use (default: as the AWS CLI finds it)')
  .configureHelp({ showGlobalOptions: true })
  .addHelpText(
    'after',
    `
Examples:
  relay doctor                                what is wrong, and what to do about it
  relay dlq list --since 8h                   which webhooks could not be delivered, and why
  relay dlq redrive --cause rejected          put them back, once the destination is mended
  relay route list --local                    whether events flow, here of a relay on this machine
  relay send samples/open-messaging-text.json --route open-messaging --local

All commands can print JSON (docs/cli.md). Each has examples of its own: relay dlq redrive --help.
What to do when an alarm is raised: docs/runbook.md.`,
  )
  .exitOverride();

const session = openSession(terminal, interruption.signal);
addDlqCommands(program, session);
addCostCommand(program, session);
addGenesysCommands(program, session);
addRouteCommands(program, session);
addSecretCommands(program, session);
addDoctorCommand(program, session);
addSendCommand(program, session);
addReportCommand(program, session);

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
  process.exitCode = session.exitCode();
} catch (error) {
  process.exitCode = report(error);
}
