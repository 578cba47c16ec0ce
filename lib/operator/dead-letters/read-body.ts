import { describeError } from '../../../lambdas/contract/errors.ts';
import {
  isClaimCheck,
  isOwnPointer,
  type PayloadPointer,
  readPointer,
} from '../../../lambdas/contract/payload-pointer.ts';
import type { PayloadStore } from '../../../lambdas/contract/ports.ts';
import { decodeUtf8, fromSqsBody } from '../../../lambdas/contract/sqs-safe-body.ts';
import type { ReceivedMessage } from '../connection/message-queues.ts';
import { readKnownAttributes } from './dead-letter.ts';

/** For a body of several megabytes over a slow line. */
const readWithinMs = 60_000;

/** The body of a dead letter as far as it can be had. `storedAt` is set when it was offloaded. */
export type BodyView =
  | { readonly kind: 'text'; readonly text: string; readonly bytes: number; readonly storedAt?: PayloadPointer }
  | { readonly kind: 'binary'; readonly content: Uint8Array; readonly storedAt?: PayloadPointer }
  /** The pointer leads to somebody else's object. */
  | { readonly kind: 'foreign-pointer'; readonly pointer: PayloadPointer }
  | { readonly kind: 'payload-missing'; readonly pointer: PayloadPointer }
  | { readonly kind: 'payload-unreadable'; readonly pointer: PayloadPointer; readonly error: string }
  /** The message says its body is encoded or offloaded, and it is not. */
  | { readonly kind: 'malformed'; readonly text: string; readonly problem: string };

/**
 * Reads the body the sender sent, from the message or from the payload bucket. Never rejects: whoever looks at a dead
 * letter whose body cannot be had wants to see the rest of it.
 */
export async function readBody(
  { body, attributes }: Pick<ReceivedMessage, 'body' | 'attributes'>,
  own: { readonly bucket: string; readonly route: string },
  readPayload: PayloadStore['get'],
): Promise<BodyView> {
  const known = readKnownAttributes(attributes);
  if (isClaimCheck(body, known)) {
    const pointer = readPointer(body);
    if (pointer === undefined) return malformed(body, 'it has a payload size attribute but is no payload pointer');
    return isOwnPointer(pointer, own)
      ? await readOffloaded(pointer, readPayload)
      : { kind: 'foreign-pointer', pointer };
  }
  if (known.BodyEncoding === undefined) return { kind: 'text', text: body, bytes: Buffer.byteLength(body) };
  const content = fromSqsBody({ encoding: 'base64', text: body });
  return content === undefined ? malformed(body, 'its BodyEncoding is base64 but its text is not') : view(content);
}

async function readOffloaded(pointer: PayloadPointer, readPayload: PayloadStore['get']): Promise<BodyView> {
  try {
    const content = await readPayload(pointer, readWithinMs);
    if (content === 'missing') return { kind: 'payload-missing', pointer };
    return { ...view(content), storedAt: pointer };
  } catch (error) {
    return { kind: 'payload-unreadable', pointer, error: describeError(error) };
  }
}

function view(content: Uint8Array): Extract<BodyView, { kind: 'text' | 'binary' }> {
  const text = decodeUtf8(content);
  return text === undefined ? { kind: 'binary', content } : { kind: 'text', text, bytes: content.byteLength };
}

function malformed(text: string, problem: string): BodyView {
  return { kind: 'malformed', text, problem };
}
