import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { type Entrance, entranceAt, entrancesOf } from '../../lib/genesys/check/entrance.ts';
import { type KnownSecret, secretReader } from '../../lib/genesys/check/known-secret.ts';
import { runCheck } from '../../lib/genesys/check/run-check.ts';
import { runConnect } from '../../lib/genesys/connect/run-connect.ts';
import { callGenesys } from '../../lib/genesys/connection/call-genesys.ts';
import { readCredentials } from '../../lib/genesys/connection/credentials.ts';
import { readGateway } from '../../lib/genesys/connection/gateway.ts';
import { openPlatformClient } from '../../lib/genesys/connection/platform-client.ts';
import { runIpRanges } from '../../lib/genesys/ip-ranges/run-ip-ranges.ts';
import { type SenderService, senderServices } from '../../lib/genesys/ip-ranges/sender-ranges.ts';
import { defaultConfigPath, loadRelayConfig } from '../../lib/infra/load-relay-config.ts';
import { flagsFor } from '../../lib/operator/connection/relay-command.ts';
import { requireRoute } from '../../lib/operator/connection/select-routes.ts';
import { OperatorError, reasonOf } from '../../lib/operator/operator-error.ts';
import { exitCodes } from './exit-codes.ts';
import { type AddressOptions, addressOf, type Session } from './session.ts';

const credentialsHelp = `
Genesys is asked with an OAuth client of grant type Client Credentials, from
GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET and GENESYSCLOUD_REGION
(mypurecloud.de, euc1 or eu-central-1); on a terminal you are asked for what is not set.
docs/genesys.md has the permissions that the client needs.`;

interface CheckOptions extends AddressOptions {
  readonly url?: readonly string[];
  readonly json?: true;
}

interface ConnectOptions extends AddressOptions {
  readonly integration: string;
  readonly url?: string;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

interface IpRangesOptions {
  readonly service?: SenderService;
  readonly route?: string;
  readonly config: string;
  readonly json?: true;
}

/** `relay genesys …`: what Genesys Cloud has to know of the relay, and the relay of Genesys Cloud. */
export function addGenesysCommands(program: Command, session: Session): void {
  const { terminal, conclude, withRelay } = session;
  const genesys = program
    .command('genesys')
    .description('Genesys Cloud: what it posts to the relay, and where from')
    .addHelpText(
      'after',
      `${credentialsHelp}

Examples:
  relay genesys check                          what in Genesys posts here, and what is wrong with it
  relay genesys connect open-messaging --integration "Acme Open Channel" --dry-run
  relay genesys ip-ranges
${exitCodes}`,
    );

  genesys
    .command('check')
    .description('look at everything in Genesys that can post to the relay, and say what is wrong')
    .option('--url <URL...>', 'the URL of a route, in place of asking the relay; with --local, the tunnel to it')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
Looks at Open Messaging integrations, triggers with the data actions behind them, and EventBridge
integrations. Changes nothing. The exit code is 1 when something is wrong or could not be seen.
docs/genesys.md describes the JSON. With --url alone no AWS credentials are needed, and no secret
is compared.

Examples:
  relay genesys check --stack Relay-Prod
  relay genesys check --url https://ID.execute-api.eu-central-1.amazonaws.com/webhooks/open-messaging
  relay genesys check --json |
    jq -r '.openMessaging.items[] | select(.aim != "elsewhere") | .findings[].message'`,
    )
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<CheckOptions>();
      const json = options.json === true;
      const flags = flagsFor(addressOf(options));
      const given = (options.url ?? []).map((url) => entranceAt(url, flags));
      if (given.length > 0 && options.local === undefined) {
        await conclude(async () => {
          const relay = {
            relay: 'the given URLs',
            entrances: given,
            readSecret: noSecret,
            account: async () => undefined,
          };
          return await runCheck({ json }, { ...(await openGenesys(session)), ...relay }, terminal);
        });
        return;
      }
      await withRelay(options, async ({ relay: { location, secrets } }) => {
        const { relayAccount } = await import('../../lib/genesys/check/relay-account.ts');
        const relay = {
          relay: location.description,
          entrances: reachedAt(given, entrancesOf(location)),
          readSecret: secretReader(secrets),
          account: () => relayAccount(location),
        };
        return await runCheck({ json }, { ...(await openGenesys(session)), ...relay }, terminal);
      });
    });

  genesys
    .command('connect <ROUTE>')
    .description("give a route's URL and secret to an Open Messaging integration")
    .requiredOption('--integration <ID>', 'the id of the integration, or its name')
    .option('--url <URL>', "in place of the route's own: a tunnel to a local relay, or a domain of yours")
    .option('--yes', 'do not ask')
    .option('--dry-run', 'show the change and do nothing')
    .option('--json', 'print a JSON object; needs --yes or --dry-run')
    .addHelpText(
      'after',
      `
The change is shown before you are asked; the secret is not. Add the integration in Genesys first
(Admin, Message, Platforms): docs/genesys.md has the steps. The client needs
messaging:integration:view and messaging:integration:edit.

Examples:
  relay genesys connect open-messaging --integration "Acme Open Channel" --dry-run
  relay genesys connect open-messaging --integration b7d2f0a4-6c1e-4a53-9f0d-2f6f0f4f7a11 --stack Relay-Prod --yes
  relay genesys connect open-messaging --integration Test --local --url https://TUNNEL/webhooks/open-messaging`,
    )
    .action(async (name: string, _options, command: Command) => {
      const options = command.optsWithGlobals<ConnectOptions>();
      const { integration, url, yes, dryRun, json } = options;
      const change = { integration, url, yes: yes === true, dryRun: dryRun === true, json: json === true };
      await withRelay(options, async ({ relay, signal }) => {
        const { routes, flags } = relay.location;
        const entrance = { route: name, ...requireRoute(routes, name), flags };
        const readSecret = async (arn: string) => (await relay.secrets.read(arn)).current.value;
        const { call } = await openGenesys(session);
        return await runConnect(change, { call, entrance, readSecret, signal }, terminal);
      });
    });

  genesys
    .command('ip-ranges')
    .description('print the addresses that Genesys posts from, as allowCidrs of a route')
    .addOption(new Option('--service <SERVICE>', 'only those of one service').choices(senderServices))
    .option('--route <ROUTE>', 'compare with the allowCidrs of this route of the configuration')
    .option('--config <PATH>', 'the configuration', defaultConfigPath)
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
Of the services open-messaging and data-actions, in the region of the OAuth client. Needs no
permission. Genesys changes the list now and then: with --route, the exit code is 1 when it
differs, so that a job can look.

Examples:
  relay genesys ip-ranges --service open-messaging
  relay genesys ip-ranges --route open-messaging --json | jq -r '.route.missing[]'`,
    )
    .action(async (_options, command: Command) => {
      const { service, route, config, json } = command.optsWithGlobals<IpRangesOptions>();
      await conclude(async () => {
        const compared = route === undefined ? undefined : await configuredRanges(route, config);
        const services = service === undefined ? senderServices : [service];
        return await runIpRanges(
          { services, route: compared, json: json === true },
          await openGenesys(session),
          terminal,
        );
      });
    });
}

/** Genesys reaches a local relay by a tunnel, at a URL that the relay does not know. */
function reachedAt(given: readonly Entrance[], entrances: readonly Entrance[]): readonly Entrance[] {
  return entrances.map((entrance) => {
    const { ingestUrl } = given.find(({ route }) => route === entrance.route) ?? entrance;
    return { ...entrance, ingestUrl };
  });
}

/** Of a route that is known by its URL only. */
async function noSecret(): Promise<KnownSecret> {
  return { kind: 'not-read', reason: 'only its URL was given' };
}

/** Logs in with the first call. Nothing is loaded, and nobody asked, before. */
async function openGenesys({ terminal, signal }: Session) {
  const { env } = process;
  const credentials = await readCredentials(env, terminal.ask);
  const { region } = credentials;
  const client = await openPlatformClient(credentials, readGateway(env), signal);
  const call = callGenesys({
    client,
    host: region.host,
    now: Date.now,
    sleep: async (ms) => {
      await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
    random: Math.random,
    progress: terminal.progress,
    signal,
  });
  return { call, region };
}

async function configuredRanges(name: string, path: string) {
  const { routes } = await loadRelayConfig(path).catch((error: unknown) => {
    throw new OperatorError('USAGE', reasonOf(error), error);
  });
  const route = routes[name];
  if (route === undefined) {
    throw new OperatorError(
      'USAGE',
      `there is no route "${name}" in ${path}: it has ${Object.keys(routes).join(', ')}`,
    );
  }
  return { name, allowCidrs: route.allowCidrs };
}
