import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HmacVerification } from '../contract/env.ts';
import type { Proof } from './proof.ts';
import { judgeTimestamp } from './signed-timestamp.ts';
import { headerOf, type WebhookRequest } from './webhook-request.ts';

/** 32 bytes in either encoding, and nothing beside them. */
const encodedForms = { hex: /^[0-9A-Fa-f]{64}$/, base64: /^[A-Za-z0-9+/]{43}=$/ } as const;

/**
 * HMAC-SHA256 over the raw body, or over `<timestamp>.<body>` where a timestamp header is configured, keyed with the
 * UTF-8 bytes of the secret. A signature over a timestamp is not handed on: the destination does not get the timestamp.
 */
export function hmacSha256Proof(request: WebhookRequest, verification: HmacVerification, nowMs: number): Proof {
  const { header, prefix, encoding, timestamp } = verification;
  const signature = headerOf(request, header);
  if (!signature) return { kind: 'refused', reason: 'signature-missing' };
  const encoded = signature.slice(prefix.length);
  if (!signature.startsWith(prefix) || !encodedForms[encoding].test(encoded)) {
    return { kind: 'refused', reason: 'signature-malformed' };
  }
  const given = Buffer.from(encoded, encoding);

  let signedBefore = '';
  if (timestamp !== undefined) {
    const seconds = headerOf(request, timestamp.header);
    if (!seconds) return { kind: 'refused', reason: 'signature-missing' };
    const judged = judgeTimestamp(seconds, timestamp.toleranceSeconds, nowMs);
    if (judged === 'malformed') return { kind: 'refused', reason: 'signature-malformed' };
    if (judged === 'outside-tolerance') return { kind: 'refused', reason: 'timestamp-outside-tolerance' };
    signedBefore = `${seconds}.`;
  }
  return {
    kind: 'given',
    holdsUnder: (secret) =>
      timingSafeEqual(createHmac('sha256', secret).update(signedBefore).update(request.body).digest(), given),
    otherwise: 'signature-mismatch',
    ...(timestamp === undefined ? { signature } : {}),
  };
}
