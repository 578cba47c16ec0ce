import type { RelayConfigInput, RouteConfig } from '../../../lib/infra/relay-config.ts';

const unsigned = { kind: 'none', acceptUnsigned: true } as const;

/**
 * What each suite has a route of its own for: they run side by side, and none sees what another one does. Every kind of
 * sender has one.
 */
const senders = {
  signed: { kind: 'open-messaging' },
  unsigned,
  healing: { kind: 'header', header: 'Authorization', prefix: 'Bearer ' },
  rejecting: { kind: 'basic', username: 'genesys' },
  crashing: unsigned,
  outage: {
    kind: 'hmac-sha256',
    header: 'X-Signature',
    prefix: 'sha256=',
    encoding: 'base64',
    timestamp: { header: 'X-Timestamp', toleranceSeconds: 300 },
  },
  spilled: unsigned,
  paused: { kind: 'standard-webhooks' },
  interop: unsigned,
  upgraded: unsigned,
} as const satisfies Readonly<Record<string, RouteConfig['verify']>>;

/** The one of an-upgrade-loses-nothing.test.ts is in a stack of its own. */
export type RouteName = keyof typeof senders;

export const routeNames = (Object.keys(senders) as RouteName[]).filter((name) => name !== 'upgraded');

/** How a route knows its sender. */
export function senderOf(name: RouteName): RouteConfig['verify'] {
  return senders[name];
}

/**
 * The stack under test.
 *
 * @param destination URL of the destination server, without a trailing slash
 */
export function stackConfig(
  stackName: string,
  destination: string,
  routes: readonly RouteName[] = routeNames,
): RelayConfigInput {
  const allowPrivateNetwork = destination.startsWith('http:');
  return {
    stackName,
    routes: Object.fromEntries(
      routes.map((name) => [
        name,
        {
          verify: senderOf(name),
          deliverTo: { url: `${destination}/deliver/${name}`, timeoutSeconds: 3, allowPrivateNetwork },
          retry:
            name === 'upgraded'
              ? { maxAttempts: 100, baseSeconds: 1, capSeconds: 4 }
              : { maxAttempts: 5, baseSeconds: 1, capSeconds: 2 },
        },
      ]),
    ),
  };
}
