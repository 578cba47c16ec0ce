import type { RouteConfig } from '../../infra/relay-config.ts';
import type { RelayLocation } from '../../operator/connection/relay-location.ts';
import { OperatorError } from '../../operator/operator-error.ts';

/** A way into a relay: what Genesys has to know of a route. */
export interface Entrance {
  readonly route: string;
  /** `https://…/webhooks/ROUTE` */
  readonly ingestUrl: string;
  readonly secretArn?: string | undefined;
  /** How the route knows its sender; undefined where that is not known. */
  readonly verify?: RouteConfig['verify'] | undefined;
  /** Of the partner event source that the route gets the events of. */
  readonly eventSourceName?: string | undefined;
  /** The options that lead a command to its relay. */
  readonly flags: string;
}

export function entrancesOf({ routes, flags }: Pick<RelayLocation, 'routes' | 'flags'>): readonly Entrance[] {
  return [...routes].map(([route, location]) => ({ route, ...location, flags }));
}

/**
 * The entrance at a URL, for who has the URL only.
 *
 * @param flags the options that lead a command to its relay
 * @throws OperatorError `USAGE` when it is not one of a route
 */
export function entranceAt(url: string, flags: string): Entrance {
  const route = URL.canParse(url) ? /\/webhooks\/([^/]+)$/.exec(new URL(url).pathname)?.[1] : undefined;
  if (route !== undefined) return { route, ingestUrl: url, flags };
  throw new OperatorError('USAGE', `--url is "${url}": it must be the ingestUrl of a route, https://…/webhooks/ROUTE`);
}
