import { createHmac } from 'node:crypto';
import { decodeBase64 } from './decode-base64.ts';

/** What a signature of Standard Webhooks covers: none of the three may be taken from another request. */
export interface SignedContent {
  /** `webhook-id`. */
  readonly id: string;
  /** `webhook-timestamp`, whole seconds, as it stands in the header. */
  readonly timestamp: string;
  readonly body: Uint8Array;
}

/** The MAC behind a `v1` signature, whichever way the request goes. */
export function standardWebhooksMac(key: Uint8Array, { id, timestamp, body }: SignedContent): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

/**
 * The key behind a secret: base64, with or without the `whsec_` of Standard Webhooks in front, as its libraries read it.
 * So is what the stack generates: 48 letters and digits are the base64 of 36 bytes. A line end that an editor left behind
 * it does not count. Undefined for any other text.
 */
export function standardWebhooksKey(secret: string): Uint8Array | undefined {
  return decodeBase64(secret.trim().replace(/^whsec_/, ''));
}
