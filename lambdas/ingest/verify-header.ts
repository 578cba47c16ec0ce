import type { HeaderVerification } from '../contract/env.ts';
import type { Proof } from './proof.ts';
import { sameBytes } from './same-bytes.ts';
import { headerOf, type WebhookRequest } from './webhook-request.ts';

/**
 * A header that holds the secret itself, after a prefix such as `Bearer `: of a data action, or of the
 * `webhookHeaders` of an Open Messaging integration. It says who sent the request, and nothing of what is in it.
 */
export function headerProof(request: WebhookRequest, { header, prefix }: HeaderVerification): Proof {
  const value = headerOf(request, header);
  if (!value) return { kind: 'refused', reason: 'credential-missing' };
  if (!value.startsWith(prefix)) return { kind: 'refused', reason: 'credential-malformed' };
  const given = Buffer.from(value.slice(prefix.length));
  return {
    kind: 'given',
    holdsUnder: (secret) => sameBytes(given, Buffer.from(secret)),
    otherwise: 'credential-mismatch',
  };
}
