import { isSqsSafe } from './message-attributes.ts';

/** A body as an SQS message can carry it. */
export type SqsBody =
  | { readonly encoding: 'utf-8'; readonly text: string }
  | { readonly encoding: 'base64'; readonly text: string };

// `ignoreBOM: true` keeps a leading byte order mark: without it the decoder would drop three bytes of the sender's.
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 text as it is; base64 only where SQS could not carry the bytes (not UTF-8, or with control characters). */
export function toSqsBody(bytes: Uint8Array): SqsBody {
  const text = decodeUtf8(bytes);
  if (text !== undefined && isSqsSafe(text)) return { encoding: 'utf-8', text };
  return { encoding: 'base64', text: Buffer.from(bytes).toString('base64') };
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The sender's bytes again; undefined for a base64 text that is none (Node would quietly skip its bad characters). */
export function fromSqsBody(body: SqsBody): Uint8Array | undefined {
  if (body.encoding === 'utf-8') return Buffer.from(body.text, 'utf8');
  return base64.test(body.text) ? Buffer.from(body.text, 'base64') : undefined;
}

/** Of each body that is still in use: event id and message both need its text. */
const decoded = new WeakMap<Uint8Array, { readonly text: string | undefined }>();

/** The text of well-formed UTF-8, else undefined. @param bytes must not change any more */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  const known = decoded.get(bytes) ?? { text: decode(bytes) };
  decoded.set(bytes, known);
  return known.text;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}
