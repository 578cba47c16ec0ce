import type { RelayConfig } from '../infra/relay-config.ts';

const thisMachine = ['127.0.0.0/8', '::1/128'];

/** The same configuration with this machine among the addresses that may send: a local run has no other senders. */
export function admitThisMachine(config: RelayConfig): RelayConfig {
  const routes = Object.entries(config.routes).map(([name, route]) => [
    name,
    route.allowCidrs === undefined ? route : { ...route, allowCidrs: [...route.allowCidrs, ...thisMachine] },
  ]);
  return { ...config, routes: Object.fromEntries(routes) };
}
