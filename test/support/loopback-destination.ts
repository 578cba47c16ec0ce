import { httpDestination } from '../../lambdas/adapters/http-destination.ts';
import type { Clock, PostToDestination } from '../../lambdas/contract/ports.ts';

/** Posts to a server of the test, as a route with `allowPrivateNetwork` does. */
export function loopbackDestination(url: string, now?: Clock): PostToDestination {
  return httpDestination(url, { reach: 'private-network', ...(now === undefined ? {} : { now }) });
}
