import { type SignedContent, standardWebhooksKey, standardWebhooksMac } from '../contract/standard-webhooks.ts';

/**
 * The value of `webhook-signature` as Standard Webhooks has it: one `v1` signature for each key, so that a destination
 * which has either of two secrets accepts the delivery while they are being exchanged.
 *
 * @param keys newest first
 */
export function signDelivery(content: SignedContent, keys: readonly Uint8Array[]): string {
  return keys.map((key) => `v1,${standardWebhooksMac(key, content).toString('base64')}`).join(' ');
}

/**
 * The key behind a route's signing secret.
 *
 * @throws Error for a text that is no such secret, without quoting it
 */
export function signingKey(secret: string): Uint8Array {
  const key = standardWebhooksKey(secret);
  if (key === undefined) throw new Error('the signing secret is not base64');
  return key;
}
