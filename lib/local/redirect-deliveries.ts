import { destinationHeaders } from '../infra/destination-headers.ts';
import type { RelayConfig, RouteConfig } from '../infra/relay-config.ts';

/**
 * The same configuration with other destinations, which may be on this machine and without TLS. A header that is a
 * secret gets another value: the secret is in AWS, where the local run never looks.
 */
export function redirectDeliveries(config: RelayConfig, urlOf: (route: string) => string): RelayConfig {
  const routes = Object.entries(config.routes).map(([name, route]) => [
    name,
    { ...route, deliverTo: redirected(route.deliverTo, urlOf(name)) },
  ]);
  return { ...config, routes: Object.fromEntries(routes) };
}

function redirected(deliverTo: RouteConfig['deliverTo'], url: string): RouteConfig['deliverTo'] {
  const { plain, secret } = destinationHeaders(deliverTo.headers);
  const standIns = Object.fromEntries(Object.keys(secret).map((name) => [name, 'secret-of-the-deployed-relay']));
  return { ...deliverTo, url, allowPrivateNetwork: true, headers: { ...plain, ...standIns } };
}
