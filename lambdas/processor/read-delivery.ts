import { type BusEvent, readBusEvent } from '../contract/bus-event.ts';
import type { EventBridgeSource } from '../contract/env.ts';
import { PoisonMessageError } from '../contract/errors.ts';
import {
  type KnownAttributes,
  type MessageAttributes,
  parseAttributes,
  portableHeader,
} from '../contract/message-attributes.ts';
import { messageEventId } from '../contract/message-event-id.ts';
import { isClaimCheck, isOwnPointer, type PayloadPointer, readPointer } from '../contract/payload-pointer.ts';
import type { PayloadStore, QueueMessage, Redrive } from '../contract/ports.ts';
import { fromSqsBody } from '../contract/sqs-safe-body.ts';

/** A message as it was received from a route's queue. */
export interface ReceivedMessage extends QueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** When SQS took it, which a redrive resets: the start of its retention. Epoch ms. */
  readonly sentAtMs: number;
  readonly receiveCount: number;
}

/** The event in a message. */
export interface Delivery {
  readonly eventId: string;
  readonly receivedAtMs: number;
  readonly contentType: string | undefined;
  readonly signature: string | undefined;
  readonly body: { readonly kind: 'inline'; readonly bytes: Uint8Array } | OffloadedBody;
  /** Undefined unless the message has been a dead letter. */
  readonly redrive: Redrive | undefined;
  /** Set when an operator has changed the body: what is posted is not what the sender sent. Epoch ms. */
  readonly editedAtMs: number | undefined;
}

export interface OffloadedBody {
  readonly kind: 'offloaded';
  readonly pointer: PayloadPointer;
}

/** What a route's messages can be. */
export interface OwnMessages {
  readonly route: string;
  /** The payload bucket. */
  readonly bucket: string;
  /** Undefined for a route that gets nothing from a bus. */
  readonly eventBridge?: EventBridgeSource | undefined;
}

/**
 * Reads a message that the relay, a rule of EventBridge or another SQS client put on the route's queue: what is missing
 * gets a default, so that an operator can send a bare body by hand. Nothing is fetched.
 *
 * @throws PoisonMessageError when no retry could make sense of it
 */
export function readDelivery(message: ReceivedMessage, own: OwnMessages): Delivery {
  const known = knownAttributes(message.attributes);
  if (known.Route !== undefined && known.Route !== own.route) {
    throw new PoisonMessageError('wrong-route', `the message belongs to route ${JSON.stringify(known.Route)}`);
  }
  const common = {
    receivedAtMs: known.ReceivedAt ?? message.sentAtMs,
    redrive: readRedrive(known),
    editedAtMs: known.EditedAt,
  };
  // Whatever ingest accepted has an event id, also where its body is such an event.
  const event = own.eventBridge !== undefined && known.EventId === undefined ? readBusEvent(message.body) : undefined;
  if (own.eventBridge !== undefined && event !== undefined) {
    return { ...common, ...fromBus(event, message.body, own.eventBridge) };
  }
  return {
    ...common,
    eventId: messageEventId(message.body, known),
    contentType: portableHeader(known.ContentType),
    signature: portableHeader(known.Signature),
    body: readBody(message.body, known, own),
  };
}

/** The rule lets in what comes from the route's event source; anything else that looks like it was put there otherwise. */
function fromBus(
  event: BusEvent,
  envelope: string,
  { sourceName, deliver }: EventBridgeSource,
): Pick<Delivery, 'eventId' | 'contentType' | 'signature' | 'body'> {
  if (event.source !== sourceName) {
    throw new PoisonMessageError('malformed-message', "the event is from another event source than the route's");
  }
  const text = deliver === 'detail' ? event.detail : envelope;
  return {
    eventId: event.id,
    contentType: 'application/json',
    signature: undefined,
    body: { kind: 'inline', bytes: Buffer.from(text) },
  };
}

function knownAttributes(attributes: MessageAttributes): KnownAttributes {
  const parsed = parseAttributes(attributes);
  if (parsed.kind === 'malformed') throw new PoisonMessageError('malformed-message', parsed.problem);
  return parsed.known;
}

/** The operator CLI replaces `Cause` by `RedrivenAt`; SQS's own redrive leaves `Cause` on, and no time. */
function readRedrive({ Cause, RedrivenAt }: KnownAttributes): Redrive | undefined {
  if (RedrivenAt !== undefined) return { kind: 'by-operator', atMs: RedrivenAt };
  return Cause === undefined ? undefined : { kind: 'by-sqs' };
}

function readBody(text: string, known: KnownAttributes, own: OwnMessages): Delivery['body'] {
  if (isClaimCheck(text, known)) {
    const pointer = readPointer(text);
    if (pointer === undefined) throw new PoisonMessageError('malformed-message', 'the body is no payload pointer');
    if (!isOwnPointer(pointer, own)) {
      throw new PoisonMessageError('foreign-pointer', 'the payload pointer leads outside this route');
    }
    return { kind: 'offloaded', pointer };
  }
  const bytes = fromSqsBody({ encoding: known.BodyEncoding ?? 'utf-8', text });
  if (bytes === undefined) {
    throw new PoisonMessageError('malformed-message', 'the body is not the base64 it claims to be');
  }
  return { kind: 'inline', bytes };
}

/**
 * The bytes the sender sent.
 *
 * @throws PoisonMessageError when the offloaded body is gone
 * @throws ServiceUnavailableError when that cannot be told
 */
export async function loadBody(body: Delivery['body'], payloads: PayloadStore, withinMs: number): Promise<Uint8Array> {
  if (body.kind === 'inline') return body.bytes;
  const bytes = await payloads.get(body.pointer, withinMs);
  if (bytes === 'missing') throw new PoisonMessageError('payload-missing', 'the offloaded body is not in the bucket');
  return bytes;
}
