import type { RelayConfig } from '../infra/relay-config.ts';

/** The same configuration with other destinations, which may be on this machine and without TLS. */
export function redirectDeliveries(config: RelayConfig, urlOf: (route: string) => string): RelayConfig {
  const routes = Object.entries(config.routes).map(([name, route]) => [
    name,
    { ...route, deliverTo: { ...route.deliverTo, url: urlOf(name), allowPrivateNetwork: true } },
  ]);
  return { ...config, routes: Object.fromEntries(routes) };
}
