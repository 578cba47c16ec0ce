import { createHmac } from 'node:crypto';

/** What a signature of a delivery covers: neither may be taken from another POST. */
export interface SignedDelivery {
  readonly eventId: string;
  /** As in `webhook-timestamp`. */
  readonly timestamp: string;
  readonly body: Uint8Array;
}

/**
 * The value of `webhook-signature` as Standard Webhooks has it: one `v1` signature for each key, so that a destination
 * which has either of two secrets accepts the delivery while they are being exchanged.
 *
 * @param keys newest first
 */
export function signDelivery({ eventId, timestamp, body }: SignedDelivery, keys: readonly Uint8Array[]): string {
  return keys
    .map((key) => {
      const mac = createHmac('sha256', key).update(`${eventId}.${timestamp}.`).update(body);
      return `v1,${mac.digest('base64')}`;
    })
    .join(' ');
}

/** Base64 with all of its padding, and not empty: Node would skip whatever else is in a text, and make another key of it. */
const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;

/**
 * The key behind a signing secret: base64, with or without the `whsec_` of Standard Webhooks in front, as the libraries
 * for destinations read it. A secret of letters and digits that the stack generates is such a text.
 *
 * @throws Error for any other text, without quoting it
 */
export function signingKey(secret: string): Uint8Array {
  const encoded = secret.trim().replace(/^whsec_/, '');
  if (!base64Form.test(encoded)) throw new Error('the signing secret is not base64');
  return Buffer.from(encoded, 'base64');
}
