import { createHmac } from 'node:crypto';
import type { RouteConfig } from '../infra/relay-config.ts';

/**
 * The headers that make a request to a route a genuine one.
 *
 * @param secret the route's; null for a route that accepts unsigned requests
 */
export function signRequest(
  verify: RouteConfig['verify'],
  secret: string | null,
  body: Uint8Array,
): Record<string, string> {
  switch (verify.kind) {
    case 'open-messaging':
      return {
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret ?? '')
          .update(body)
          .digest('base64')}`,
      };
    case 'none':
      return {};
  }
}
