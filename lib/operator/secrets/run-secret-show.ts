import type { Relay } from '../connection/connect-relay.ts';
import { type RelayLocation, takesNoWebhooks } from '../connection/relay-location.ts';
import { requireRoute } from '../connection/select-routes.ts';
import { OperatorError } from '../operator-error.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import type { SecretVersion } from './sender-secrets.ts';

export interface SecretTools {
  readonly relay: Pick<Relay, 'location' | 'secrets'>;
}

/**
 * `relay secret show ROUTE`
 *
 * @throws OperatorError `USAGE` when there is no such route, or it has no secret.
 */
export async function runSecretShow(
  route: string,
  { json }: { readonly json: boolean },
  { relay }: SecretTools,
  terminal: Terminal,
): Promise<ExitCode> {
  const { current, previous } = await relay.secrets.read(secretArnOf(route, relay.location));
  if (json) {
    terminal.print(JSON.stringify({ route, current: document(current), previous: document(previous) }));
    return 0;
  }
  terminal.print(`current   ${current.value}  ${terminal.paint('dim', since(current))}`);
  if (previous !== undefined) {
    const until = `${since(previous)}, let in until the next rotation`;
    terminal.print(`previous  ${previous.value}  ${terminal.paint('dim', until)}`);
  }
  return 0;
}

/** @throws OperatorError `USAGE` when there is no such route, or it has no secret. */
export function secretArnOf(route: string, { routes }: RelayLocation): string {
  const location = requireRoute(routes, route);
  if (location.secretArn !== undefined) return location.secretArn;
  const why = takesNoWebhooks(location) ? 'takes no webhooks, only events of a bus' : 'accepts unsigned requests';
  throw new OperatorError('USAGE', `route "${route}" has no secret: it ${why}`);
}

function document(version: SecretVersion | undefined) {
  return version === undefined ? null : { value: version.value, createdAtMs: version.createdAtMs };
}

function since({ createdAtMs }: SecretVersion): string {
  return `since ${new Date(createdAtMs).toISOString()}`;
}
