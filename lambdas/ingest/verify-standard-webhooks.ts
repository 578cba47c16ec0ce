import { timingSafeEqual } from 'node:crypto';
import { standardWebhooksKey, standardWebhooksMac } from '../contract/standard-webhooks.ts';
import type { Proof } from './proof.ts';
import { judgeTimestamp } from './signed-timestamp.ts';
import { headerOf, type WebhookRequest } from './webhook-request.ts';

/** As the libraries of standardwebhooks.com have it. */
const toleranceSeconds = 5 * 60;

/** No full stop: `a.1` with the timestamp `2` would be signed as `a` with `1` and a body that begins with `2.`. */
const idForm = /^[^.]+$/;

/** Other versions may stand beside it, and are passed over. */
const signatureForm = /^v1,([A-Za-z0-9+/]{43}=)$/;

/**
 * Standard Webhooks: `webhook-signature: v1,<base64> v1,<base64> …` over `<webhook-id>.<webhook-timestamp>.<body>`. One
 * of the signatures has to hold: a sender that rotates signs with both of its secrets. It is not handed on, because
 * the destination gets an id and a timestamp of the relay's.
 */
export function standardWebhooksProof(request: WebhookRequest, nowMs: number): Proof {
  const id = headerOf(request, 'webhook-id');
  const timestamp = headerOf(request, 'webhook-timestamp');
  const signatures = headerOf(request, 'webhook-signature');
  if (!id || !timestamp || !signatures) return { kind: 'refused', reason: 'signature-missing' };

  const given = signatures.split(' ').flatMap((signature) => {
    const [, encoded] = signatureForm.exec(signature) ?? [];
    return encoded === undefined ? [] : [Buffer.from(encoded, 'base64')];
  });
  const judged = judgeTimestamp(timestamp, toleranceSeconds, nowMs);
  if (given.length === 0 || judged === 'malformed' || !idForm.test(id)) {
    return { kind: 'refused', reason: 'signature-malformed' };
  }
  if (judged === 'outside-tolerance') return { kind: 'refused', reason: 'timestamp-outside-tolerance' };
  return {
    kind: 'given',
    isSecret: (secret) => standardWebhooksKey(secret) !== undefined,
    holdsUnder: (secret) => {
      const key = standardWebhooksKey(secret);
      // Under a secret that is none, no signature holds.
      if (key === undefined) return false;
      const expected = standardWebhooksMac(key, { id, timestamp, body: request.body });
      return given.map((signature) => timingSafeEqual(expected, signature)).includes(true);
    },
    otherwise: 'signature-mismatch',
  };
}
