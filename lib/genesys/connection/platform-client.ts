import { OperatorError, reasonOf } from '../../operator/operator-error.ts';
import type { GenesysCredentials } from './credentials.ts';
import type { GenesysGateway } from './gateway.ts';
import { answerOf, answerOfLogin, type PlatformAnswer } from './platform-answer.ts';

/** Longer than the SDK's 16 s: a page of a large organization takes its time. */
const requestTimeoutMs = 30_000;

type Sdk = typeof import('purecloud-platform-client-v2');

/** The API classes that the commands use. */
export interface PlatformApis {
  readonly utilities: InstanceType<Sdk['UtilitiesApi']>;
  readonly conversations: InstanceType<Sdk['ConversationsApi']>;
  readonly processAutomation: InstanceType<Sdk['ProcessAutomationApi']>;
  readonly integrations: InstanceType<Sdk['IntegrationsApi']>;
  readonly architect: InstanceType<Sdk['ArchitectApi']>;
}

/** Genesys's SDK, made quiet, with answers in place of its exceptions. */
export interface PlatformClient {
  /** The body of the answer is the SDK's `AuthData`; the token itself is kept by the client, and used from then on. */
  login(): Promise<PlatformAnswer>;
  send(call: (apis: PlatformApis) => Promise<unknown>): Promise<PlatformAnswer>;
}

/**
 * Loads the SDK, 4 MB of it, and points it at a region. It has one client for the whole process, which is taken over by
 * each call of this function.
 *
 * @param gateway in place of the region's hosts
 * @param signal ends a request that is under way, unless it is one that changes something
 */
export async function openPlatformClient(
  { clientId, clientSecret, region }: GenesysCredentials,
  gateway: GenesysGateway | undefined,
  signal: AbortSignal,
): Promise<PlatformClient> {
  const sdk = await loadSdk();
  const client = sdk.ApiClient.instance;
  silence(client.config);
  client.setEnvironment(region.host);
  // The SDK takes undefined for "none"; its types do not know.
  if (gateway !== undefined || client.config.gateway !== undefined) client.setGateway(gateway ?? { host: '' });
  client.setReturnExtendedResponses(true);
  const http = new sdk.DefaultHttpClient(requestTimeoutMs);
  http.setPreHook(async (config: { readonly method?: string }) => {
    // A change that is cut off is made or not: it is brought to its end.
    const ends = config.method?.toUpperCase() === 'PATCH' ? {} : { signal };
    // A redirect would carry the token to wherever it leads. Genesys makes none.
    return { ...config, ...ends, maxRedirects: 0 };
  });
  client.setHttpClient(http);

  const apis: PlatformApis = {
    utilities: new sdk.UtilitiesApi(client),
    conversations: new sdk.ConversationsApi(client),
    processAutomation: new sdk.ProcessAutomationApi(client),
    integrations: new sdk.IntegrationsApi(client),
    architect: new sdk.ArchitectApi(client),
  };
  return {
    login: () => answerOfLogin(client.loginClientCredentialsGrant(clientId, clientSecret)),
    send: (call) => answerOf(call(apis)),
  };
}

async function loadSdk(): Promise<Sdk> {
  try {
    return (await import('purecloud-platform-client-v2')).default;
  } catch (error) {
    // It reads a file of its own as it loads, and throws what the parser throws.
    throw new OperatorError(
      'USAGE',
      `Genesys's SDK cannot be loaded (${reasonOf(error)}): it reads ~/.genesyscloudjavascript/config, if there is one`,
      error,
    );
  }
}

/**
 * The SDK follows a file in the user's home, which can switch on a log of requests and their bodies, on the console or
 * in a file. Here that would write a webhook's secret: no log, whatever the file says, and nothing that watches it.
 */
function silence(config: Sdk['ApiClient']['config']): void {
  config.live_reload_config = false;
  config.logger.log_level = 'none';
  config.logger.log_to_console = false;
  config.logger.log_file_path = '';
  config.logger.setLogger();
}
