import {
  attributeNames,
  largestInlineBytes,
  number,
  text,
  withinAttributeLimit,
} from '../../../lambdas/contract/message-attributes.ts';
import { messageEventId } from '../../../lambdas/contract/message-event-id.ts';
import { payloadKey, writePointer } from '../../../lambdas/contract/payload-pointer.ts';
import { toSqsBody } from '../../../lambdas/contract/sqs-safe-body.ts';
import type { CarriedAttributes, ReceivedMessage } from '../connection/message-queues.ts';
import { OperatorError } from '../operator-error.ts';
import type { DeadLetter } from './dead-letter.ts';

/** As ingest does it unless it is configured otherwise: what is larger goes to the payload bucket. */
const inlineLimitBytes = 262_144;

/** A message with another body, and what has to be stored before it is sent. */
export interface EditedMessage {
  readonly message: Pick<ReceivedMessage, 'body' | 'attributes'>;
  readonly payload?: { readonly key: string; readonly bytes: Uint8Array } | undefined;
}

/**
 * A dead letter with another body. It stays the same event: under another id the destination would get it beside the
 * first one. The sender's signature goes, for it does not fit any more; `EditedAt` says that this is not what was sent.
 *
 * Offloaded, if it is large, in the way of ingest: with a new payload, since a copy of the message may point to the old.
 * But for an event of a bus, which has its id in its body: behind a pointer nobody would find it.
 *
 * @param id of the payload, should it need one
 * @throws OperatorError `USAGE` for an event of a bus that SQS could not carry
 */
export function editMessage(
  deadLetter: Pick<DeadLetter, 'route' | 'eventId' | 'receivedAtMs' | 'attributes'>,
  newText: string,
  { editedAtMs, id, bucket }: { readonly editedAtMs: number; readonly id: string; readonly bucket: string },
): EditedMessage {
  const { route, eventId, receivedAtMs } = deadLetter;
  const bytes = Buffer.from(newText);
  const { byteLength } = bytes;
  // Without an id of its own a message goes by the hash of its body, which has just changed. An event of a bus has its id
  // in its body, and would be taken for a webhook with an attribute beside it.
  const keepsItsId = eventId === undefined || messageEventId(newText, {}) === eventId;
  const attributes = {
    ...withoutBodyAttributes(deadLetter.attributes),
    ...(keepsItsId ? {} : { [attributeNames.eventId]: text(eventId) }),
    [attributeNames.receivedAt]: number(receivedAtMs),
    [attributeNames.editedAt]: number(editedAtMs),
  };
  const isOfBus = keepsItsId && eventId !== undefined;
  if (isOfBus && byteLength > largestInlineBytes) {
    throw new OperatorError(
      'USAGE',
      `the new body has ${byteLength} bytes, and an event of a bus can have ${largestInlineBytes}: leave something out`,
    );
  }
  if (!isOfBus && byteLength > inlineLimitBytes) {
    const key = payloadKey(route, id);
    const size = { [attributeNames.extendedPayloadSize]: number(byteLength) };
    return {
      message: { body: writePointer({ bucket, key }), attributes: withinAttributeLimit({ ...attributes, ...size }) },
      payload: { key, bytes },
    };
  }
  const body = toSqsBody(bytes);
  const encoding = body.encoding === 'base64' ? { [attributeNames.bodyEncoding]: text('base64') } : {};
  return { message: { body: body.text, attributes: withinAttributeLimit({ ...attributes, ...encoding }) } };
}

const ofTheBody: readonly string[] = [
  attributeNames.signature,
  attributeNames.bodyEncoding,
  attributeNames.extendedPayloadSize,
  'SQSLargePayloadSize',
];

function withoutBodyAttributes(attributes: CarriedAttributes): CarriedAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !ofTheBody.includes(name)));
}
