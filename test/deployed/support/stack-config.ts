import type { RelayConfigInput } from '../../../lib/infra/relay-config.ts';

/** What each suite has a route of its own for: they run side by side, and none sees what another one does. */
export const routeNames = [
  'signed',
  'unsigned',
  'healing',
  'rejecting',
  'crashing',
  'outage',
  'spilled',
  'paused',
  'interop',
] as const;

/** The one of an-upgrade-loses-nothing.test.ts is in a stack of its own. */
export type RouteName = (typeof routeNames)[number] | 'upgraded';

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
          verify: name === 'signed' ? { kind: 'open-messaging' } : { kind: 'none', acceptUnsigned: true },
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
