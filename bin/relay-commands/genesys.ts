import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { callGenesys } from '../../lib/genesys/connection/call-genesys.ts';
import { readCredentials } from '../../lib/genesys/connection/credentials.ts';
import { readGateway } from '../../lib/genesys/connection/gateway.ts';
import { openPlatformClient } from '../../lib/genesys/connection/platform-client.ts';
import { runIpRanges } from '../../lib/genesys/ip-ranges/run-ip-ranges.ts';
import { type SenderService, senderServices } from '../../lib/genesys/ip-ranges/sender-ranges.ts';
import { defaultConfigPath, loadRelayConfig } from '../../lib/infra/load-relay-config.ts';
import { OperatorError, reasonOf } from '../../lib/operator/operator-error.ts';
import { askOn } from '../../lib/operator/terminal/ask.ts';
import { exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';

const credentialsHelp = `
Genesys is asked with an OAuth client of grant type Client Credentials, from GENESYSCLOUD_OAUTHCLIENT_ID,
GENESYSCLOUD_OAUTHCLIENT_SECRET and GENESYSCLOUD_REGION (mypurecloud.de, euc1 or eu-central-1); on a terminal you are
asked for what is not set. docs/genesys.md has the permissions that the client needs.`;

interface IpRangesOptions {
  readonly service?: SenderService;
  readonly route?: string;
  readonly config: string;
  readonly json?: true;
}

/** `relay genesys …`: what Genesys Cloud has to know of the relay, and the relay of Genesys Cloud. */
export function addGenesysCommands(program: Command, session: Session): void {
  const { terminal, conclude } = session;
  const genesys = program
    .command('genesys')
    .description('Genesys Cloud: what it posts to the relay, and where from')
    .addHelpText('after', `${credentialsHelp}\n${exitCodes}`);

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
Of the services open-messaging and data-actions, in the region of the OAuth client. Needs no permission. Genesys changes
the list now and then: with --route, the exit code is 1 when it differs, so that a job can look.

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

/** Logs in with the first call. Nothing is loaded, and nobody asked, before. */
async function openGenesys({ terminal, signal }: Session) {
  const { env, stdin, stderr } = process;
  const ask = stdin.isTTY && stderr.isTTY ? askOn(stdin, stderr) : undefined;
  const credentials = await readCredentials(env, ask);
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
