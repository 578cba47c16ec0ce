import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { relayCommand } from '../../lib/operator/connection/relay-command.ts';
import { postWebhookOr } from '../../lib/operator/send/post-webhook.ts';
import { runSend } from '../../lib/operator/send/run-send.ts';
import type { AddressOptions, Session } from './session.ts';

interface SendOptions extends AddressOptions {
  readonly route: string;
  readonly count: number;
  readonly newId?: true;
  readonly header?: Readonly<Record<string, string>>;
  readonly wait: number | false;
  readonly json?: true;
}

/** `relay send`: a sample on its way through the relay. */
export function addSendCommand(program: Command, { terminal, withRelay }: Session): void {
  program
    .command('send <FILE>')
    .description('sign a sample, post it to a route, and follow it to its destination')
    .requiredOption('--route <ROUTE>', 'the route to post it to')
    .option('--count <N>', 'send it so many times, each as an event of its own', parseCount, 1)
    .option('--new-id', 'send it as an event of its own, not as the one in the file')
    .option('--header <NAME:VALUE>', 'a header to send along, or in place of the signature; repeatable', addHeader)
    .option('--wait <SECONDS>', 'follow it for so long', parseSeconds, 60)
    .option('--no-wait', 'do not follow it')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
The bytes of the file are sent as they are: a second time, they are a duplicate, which the relay
does not post again. With --new-id or --count the event gets another id: in the body of an Open
Messaging event, else in a header.

It ends when the webhook is delivered, refused, a dead letter, a duplicate, or waits on a route
that is paused.

Examples:
  relay send samples/open-messaging-text.json --route open-messaging --local
  relay send event.json --route data-action --stack Relay-Prod --new-id
  relay send event.json --route open-messaging --count 500 --json | jq .well

Exit codes: 0 delivered, now or before, or with --no-wait accepted; 1 not, or not all;
2 wrong usage, or no answer.`,
    )
    .action(async (file: string, _options, command: Command) => {
      const { count, newId, header = {}, wait, json, route, ...address } = command.optsWithGlobals<SendOptions>();
      const options = {
        file,
        route,
        count,
        newId: newId === true || count > 1,
        headers: header,
        waitMs: wait === false ? undefined : wait * 1_000,
        json: json === true,
      };
      await withRelay(address, (tools) =>
        runSend(
          options,
          {
            ...tools,
            readFile: (path) => readFile(path),
            post: postWebhookOr(relayCommand(tools.relay.location, 'doctor')),
            newId: randomUUID,
          },
          terminal,
        ),
      );
    });
}

/** For a load there are better tools. */
const mostWebhooks = 10_000;

function parseCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= mostWebhooks) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${mostWebhooks}.`);
}

function parseSeconds(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('It must be a whole number of seconds, from 1 to 86400.');
}

function addHeader(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, value] = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be NAME:VALUE.');
  return { ...before, [name.toLowerCase()]: value };
}
