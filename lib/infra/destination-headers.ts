import type { RouteConfig } from './relay-config.ts';

/** A route's headers, by where their values are: in the config, or each in a secret, by its ARN. */
export interface DestinationHeaders {
  readonly plain: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, string>>;
}

export function destinationHeaders(headers: RouteConfig['deliverTo']['headers']): DestinationHeaders {
  const plain: Record<string, string> = {};
  const secret: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string') plain[name] = value;
    else secret[name] = value.secretArn;
  }
  return { plain, secret };
}
