import { decodeBase64 } from '../contract/decode-base64.ts';
import type { BasicVerification } from '../contract/env.ts';
import type { Proof } from './proof.ts';
import { sameBytes } from './same-bytes.ts';
import { headerOf, type WebhookRequest } from './webhook-request.ts';

/** The scheme in any case (RFC 7617), then base64. */
const credentialsForm = /^basic (.+)$/i;

/** HTTP Basic: the user name of the config, and the secret as the password. It says nothing of what is in the request. */
export function basicProof(request: WebhookRequest, { username }: BasicVerification): Proof {
  const header = headerOf(request, 'authorization');
  if (!header) return { kind: 'refused', reason: 'credential-missing' };
  const [, encoded = ''] = credentialsForm.exec(header) ?? [];
  const given = decodeBase64(encoded);
  if (given === undefined) return { kind: 'refused', reason: 'credential-malformed' };
  return {
    kind: 'given',
    holdsUnder: (secret) => sameBytes(given, Buffer.from(`${username}:${secret}`)),
    otherwise: 'credential-mismatch',
  };
}
