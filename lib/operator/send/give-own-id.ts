import { parseJson } from '../../../lambdas/contract/parse-json.ts';
import { decodeUtf8 } from '../../../lambdas/contract/sqs-safe-body.ts';
import type { VerifyConfig } from '../../infra/relay-config.ts';

/** A request before it is signed. */
export interface Sample {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The same sample as another event: with an id of its own where the relay looks for one by default. An Open Messaging
 * body gets another `id`, and a body whose signature covers nothing else another `dedupeKey`; every other sender may say
 * it in a header.
 *
 * @param id unlike that of any other event
 */
export function giveOwnId(sample: Sample, kind: VerifyConfig['kind'], id: string): Sample {
  if (kind === 'open-messaging') return { ...sample, body: withField(sample.body, 'id', id) };
  if (kind === 'hmac-sha256') return { ...sample, body: withField(sample.body, 'dedupeKey', id) };
  // Signed as a part of the request: the header is made with the signature.
  if (kind === 'standard-webhooks') return { ...sample, headers: { ...sample.headers, 'webhook-id': `msg_${id}` } };
  return { ...sample, headers: { ...sample.headers, 'idempotency-key': id } };
}

/** A body that is no JSON object stays as it is: then the relay goes by its bytes. */
function withField(body: Uint8Array, name: string, value: string): Uint8Array {
  const text = decodeUtf8(body);
  const document = text === undefined ? undefined : parseJson(text);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return body;
  return Buffer.from(JSON.stringify({ ...document, [name]: value }));
}
