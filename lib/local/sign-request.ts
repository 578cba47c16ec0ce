import { createHash, createHmac } from 'node:crypto';
import type { VerifyConfig } from '../infra/relay-config.ts';

/**
 * The headers that make a request to a route a genuine one, at this moment.
 *
 * @param secret the route's; null for a route that accepts unsigned requests
 * @param webhookId signed with the body where Standard Webhooks is spoken
 */
export function signRequest(
  verify: VerifyConfig,
  secret: string | null,
  body: Uint8Array,
  nowMs: number = Date.now(),
  webhookId: string = idOf(body),
): Record<string, string> {
  const key = secret ?? '';
  const seconds = String(Math.floor(nowMs / 1_000));
  switch (verify.kind) {
    case 'open-messaging':
      return { 'x-hub-signature-256': `sha256=${hmac(key, body).toString('base64')}` };
    case 'hmac-sha256': {
      const { header, prefix, encoding, timestamp } = verify;
      if (timestamp === undefined) return { [header]: prefix + hmac(key, body).toString(encoding) };
      const signature = hmac(key, `${seconds}.`, body).toString(encoding);
      return { [timestamp.header]: seconds, [header]: prefix + signature };
    }
    case 'header':
      return { [verify.header]: verify.prefix + key };
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${verify.username}:${key}`).toString('base64')}` };
    case 'standard-webhooks': {
      const decodedKey = Buffer.from(key.replace(/^whsec_/, ''), 'base64');
      const signature = hmac(decodedKey, `${webhookId}.${seconds}.`, body).toString('base64');
      return { 'webhook-id': webhookId, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
    }
    case 'none':
      return {};
  }
}

/** The same for the same body: sent a second time, it is a duplicate. */
function idOf(body: Uint8Array): string {
  return `msg_${createHash('sha256').update(body).digest('hex').slice(0, 24)}`;
}

/** How long such headers are taken for genuine, in seconds; undefined for ever. */
export function signatureLifeSeconds(verify: VerifyConfig): number | undefined {
  switch (verify.kind) {
    case 'standard-webhooks':
      return 300;
    case 'hmac-sha256':
      return verify.timestamp?.toleranceSeconds;
    default:
      return undefined;
  }
}

function hmac(key: string | Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}
