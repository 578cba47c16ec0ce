import { createHmac } from 'node:crypto';
import type { WebhookRequest } from '../../lambdas/ingest/webhook-request.ts';

/** The signed route of {@link ingestWorld}, and the secret it shares with Genesys. */
export const signedRoute = 'open-messaging';
export const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:open-messaging';
export const secret = 'test-secret-token-0001';

/** Genesys's signature of a body. */
export function signatureOf(body: Uint8Array | string, key = secret): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('base64')}`;
}

/** A webhook as Open Messaging sends it: signed over the raw bytes. */
export function signed(body: Uint8Array | string, changes: Partial<WebhookRequest> = {}): WebhookRequest {
  const bytes = Buffer.from(body);
  return {
    route: signedRoute,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(bytes) },
    body: bytes,
    ...changes,
  };
}
