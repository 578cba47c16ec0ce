import type { RelayConfigInput, VerifyConfig } from '../../../lib/infra/relay-config.ts';

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
} as const satisfies Readonly<Record<string, VerifyConfig>>;

/** The one of an-upgrade-loses-nothing.test.ts is in a stack of its own. */
export type RouteName = keyof typeof senders;

export const routeNames = (Object.keys(senders) as RouteName[]).filter((name) => name !== 'upgraded');

/** How a route knows its sender. */
export function senderOf(name: RouteName): VerifyConfig {
  return senders[name];
}

/** Takes events of a bus as well: more routes than these do not fit into one stack. */
export const busRoute = 'unsigned';

/** What it gets them from. */
export const eventBridge = {
  sourceName: 'aws.partner/genesys.com/cloud/5e0a2f9c-1111-4c3d-9b7e-0d7f6c2a9e55/ingest-prod',
  topics: ['v2.detail.events.conversation.{id}.customer.end'],
};

export interface StackOptions {
  /** Default: all but the one of the stack that is upgraded. */
  readonly routes?: readonly RouteName[];
  /** Whether there is the bus of {@link eventBridge}: a stack with a rule on one that is missing cannot be deployed. */
  readonly hasPartnerBus?: boolean;
}

/**
 * The stack under test.
 *
 * @param destination URL of the destination server, without a trailing slash
 */
export function stackConfig(
  stackName: string,
  destination: string,
  { routes = routeNames, hasPartnerBus = false }: StackOptions = {},
): RelayConfigInput {
  const allowPrivateNetwork = destination.startsWith('http:');
  return {
    stackName,
    routes: Object.fromEntries(
      routes.map((name) => [
        name,
        {
          verify: senderOf(name),
          ...(name === busRoute && hasPartnerBus ? { eventBridge } : {}),
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
