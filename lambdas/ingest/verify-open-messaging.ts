import { createHmac, timingSafeEqual } from 'node:crypto';
import { openMessagingSignatureHeader } from '../contract/signature-headers.ts';
import type { Proof } from './proof.ts';
import { headerOf, type WebhookRequest } from './webhook-request.ts';

/** Base64 of 32 bytes, not hex: the header has GitHub's name and another encoding. */
const signatureForm = /^sha256=([A-Za-z0-9+/]{43}=)$/;

/**
 * Genesys Open Messaging: `X-Hub-Signature-256: sha256=<base64 HMAC-SHA256>` over the raw body, keyed with the UTF-8
 * bytes of the integration's `outboundNotificationWebhookSignatureSecretToken`. The body must not be parsed and
 * written again first: a `\u2603` in it would hash to something else.
 */
export function openMessagingProof(request: WebhookRequest): Proof {
  const header = headerOf(request, openMessagingSignatureHeader);
  if (header === undefined || header === '') return { kind: 'refused', reason: 'signature-missing' };
  const [, encoded] = signatureForm.exec(header) ?? [];
  if (encoded === undefined) return { kind: 'refused', reason: 'signature-malformed' };
  const given = Buffer.from(encoded, 'base64');
  return {
    kind: 'given',
    holdsUnder: (secret) => timingSafeEqual(createHmac('sha256', secret).update(request.body).digest(), given),
    otherwise: 'signature-mismatch',
    signature: header,
  };
}
