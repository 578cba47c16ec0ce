import { OperatorError } from '../../operator/operator-error.ts';
import type { Environment } from './credentials.ts';

/** Where Genesys is reached instead of at the hosts of its region: an API gateway of one's own, in front of it. */
export interface GenesysGateway {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port?: number;
}

/**
 * Reads the gateway from the variables that Genesys's Terraform provider has for it; undefined without one.
 *
 * @throws OperatorError `USAGE` naming the variable that makes no sense
 */
export function readGateway(env: Environment): GenesysGateway | undefined {
  const host = env.GENESYSCLOUD_GATEWAY_HOST;
  if (!host) return undefined;
  const protocol = env.GENESYSCLOUD_GATEWAY_PROTOCOL || 'https';
  if (protocol !== 'http' && protocol !== 'https') {
    throw new OperatorError('USAGE', `GENESYSCLOUD_GATEWAY_PROTOCOL is "${protocol}": it must be https or http`);
  }
  const port = env.GENESYSCLOUD_GATEWAY_PORT;
  if (!port) return { protocol, host };
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new OperatorError('USAGE', `GENESYSCLOUD_GATEWAY_PORT is "${port}": it must be a port, 1 to 65535`);
  }
  return { protocol, host, port: Number(port) };
}
