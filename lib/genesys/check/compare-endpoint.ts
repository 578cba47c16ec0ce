import { closestName } from '../closest-name.ts';
import type { Entrance } from './entrance.ts';

/** Where something in Genesys posts to, as seen from the relay. */
export type Aim =
  | { readonly kind: 'here'; readonly route: string }
  /** At the relay, but not at a route: nothing that it posts is accepted. With the route that was meant, if it shows. */
  | { readonly kind: 'beside'; readonly flaw: Flaw; readonly route: string | undefined }
  | { readonly kind: 'elsewhere'; readonly resembles: string | undefined };

/** In what a URL misses. */
export type Flaw =
  | 'http'
  | 'trailing-slash'
  | 'letter-case'
  | 'unknown-route'
  | 'other-path'
  | 'other-port'
  | 'templated';

/**
 * Compares a URL, or a data action's template for one, with the URLs of a relay's routes. The host decides whether the
 * relay is meant at all, and the rest whether it is met. A query does no harm: the relay does not look at it.
 */
export function compareEndpoint(endpoint: string, entrances: readonly Entrance[]): Aim {
  const { fixed, isTemplated } = beforeTemplate(endpoint.trim());
  if (!URL.canParse(fixed)) return { kind: 'elsewhere', resembles: undefined };
  const url = new URL(fixed);
  const atHost = entrances.filter(({ ingestUrl }) => new URL(ingestUrl).hostname === url.hostname);
  const atPath = entrances.find(({ ingestUrl }) => new URL(ingestUrl).pathname === url.pathname);
  if (atHost.length === 0) return { kind: 'elsewhere', resembles: atPath?.route };

  const met = atHost.find(({ ingestUrl }) => new URL(ingestUrl).pathname === url.pathname);
  // What a template adds behind the path is a query: the relay is met all the same.
  if (met !== undefined && (!isTemplated || url.search !== '')) return compareOrigin(url, met);
  if (isTemplated) return { kind: 'beside', flaw: 'templated', route: undefined };

  const samePath = (alike: (path: string) => string) =>
    atHost.find(({ ingestUrl }) => alike(new URL(ingestUrl).pathname) === alike(url.pathname))?.route;
  const withoutSlash = samePath((path) => path.replace(/\/+$/, ''));
  if (withoutSlash !== undefined) return { kind: 'beside', flaw: 'trailing-slash', route: withoutSlash };
  const inAnyCase = samePath((path) => path.replace(/\/+$/, '').toLowerCase());
  if (inAnyCase !== undefined) return { kind: 'beside', flaw: 'letter-case', route: inAnyCase };
  const named = /\/webhooks\/([^/]+)$/.exec(url.pathname)?.[1];
  // With one route there is no doubt which was meant.
  const only = atHost.length === 1 ? atHost[0]?.route : undefined;
  if (named === undefined) return { kind: 'beside', flaw: 'other-path', route: only };
  const routes = atHost.map(({ route }) => route);
  return { kind: 'beside', flaw: 'unknown-route', route: closestName(named, routes) ?? only };
}

function compareOrigin(url: URL, { route, ingestUrl }: Entrance): Aim {
  const expected = new URL(ingestUrl);
  if (url.protocol !== expected.protocol) return { kind: 'beside', flaw: 'http', route };
  if (url.port !== expected.port) return { kind: 'beside', flaw: 'other-port', route };
  return { kind: 'here', route };
}

/** The part of a template before the first Velocity expression. */
function beforeTemplate(text: string): { readonly fixed: string; readonly isTemplated: boolean } {
  const at = text.search(/\$!?\{|\$!?[a-z]|#(?:if|set|foreach)\b/i);
  return at === -1 ? { fixed: text, isTemplated: false } : { fixed: text.slice(0, at), isTemplated: true };
}
