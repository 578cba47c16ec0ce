import type { Command } from 'commander';
import { generateSecret } from '../../lib/operator/secrets/generate-secret.ts';
import { runSecretRotate } from '../../lib/operator/secrets/run-secret-rotate.ts';
import { runSecretShow } from '../../lib/operator/secrets/run-secret-show.ts';
import { exitCodes } from './exit-codes.ts';
import type { AddressOptions, Session } from './session.ts';

interface SecretOptions extends AddressOptions {
  readonly yes?: true;
  readonly json?: true;
}

/** `relay secret …`: the secrets that senders prove themselves with. */
export function addSecretCommands(program: Command, { terminal, withRelay }: Session): void {
  const secret = program
    .command('secret')
    .description('secrets: what a route and its sender know of each other by')
    .addHelpText(
      'after',
      `
The current and the previous secret of a route are let in. Both are printed as they are: mind who
can read along.

Examples:
  relay secret show open-messaging       what Genesys has to sign with
  relay secret rotate open-messaging     a new one; the old one stays valid meanwhile
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
      const options = command.optsWithGlobals<SecretOptions>();
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
Give the new secret to the sender five minutes later, when every function has read it: no webhook
is refused meanwhile. The secret before the one that is replaced is retired. Leave five minutes
between two rotations.

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
}
