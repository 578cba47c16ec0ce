import type { DeliveryStatus } from '../../../lambdas/contract/delivery-record.ts';
import {
  attributeNames,
  type KnownAttributes,
  parseAttributes,
  text,
} from '../../../lambdas/contract/message-attributes.ts';
import { messageEventId } from '../../../lambdas/contract/message-event-id.ts';
import type { CarriedAttributes, ReceivedMessage } from '../connection/message-queues.ts';
import type { DeliveryState } from './delivery-states.ts';

/**
 * The cause of a message that SQS itself moved after `maxReceiveCount` receives, because the processor died on each:
 * nobody was left to write a `Cause` on it.
 */
export const receiveLimitCause = 'receive-limit';

/** A message in a route's dead letter queue, with what the relay knows of it. */
export interface DeadLetter {
  readonly messageId: string;
  /** The route whose dead letter queue it is in. */
  readonly route: string;
  /** Undefined when the message has one that the relay never writes: no delivery goes by it. */
  readonly eventId: string | undefined;
  /** A `DeadLetterCause` or {@link receiveLimitCause}; as written on the message, should it be none that we know. */
  readonly cause: string;
  readonly attempts: number | undefined;
  readonly lastStatus: number | undefined;
  readonly lastError: string | undefined;
  /** The beginning of the destination's last answer: a customer's data, as the body is. */
  readonly lastAnswer: string | undefined;
  readonly receivedAtMs: number;
  /** Of the delivery record; undefined when there is none. */
  readonly deliveryStatus: DeliveryStatus | undefined;
  readonly attributes: CarriedAttributes;
}

/** What is kept of a message when its body is not needed. */
export interface Envelope extends Pick<ReceivedMessage, 'messageId' | 'sentAtMs' | 'attributes'> {
  readonly eventId: string | undefined;
}

export function envelopeOf({ messageId, sentAtMs, attributes, body }: ReceivedMessage): Envelope {
  return { messageId, sentAtMs, attributes, eventId: eventIdOf(attributes, body) };
}

/** The event id that the processor goes by; undefined where it finds one that makes no sense, and goes no further. */
function eventIdOf(attributes: CarriedAttributes, body: string): string | undefined {
  const known = readKnownAttributes(attributes);
  const hasUnreadableId = attributes[attributeNames.eventId] !== undefined && known.EventId === undefined;
  return hasUnreadableId ? undefined : messageEventId(body, known);
}

export function describeDeadLetter(route: string, envelope: Envelope, state: DeliveryState | undefined): DeadLetter {
  const known = readKnownAttributes(envelope.attributes);
  // A processor that wrote a cause also wrote the numbers that belong to it. The record may be of a later delivery.
  const outcome =
    known.Cause === undefined
      ? { attempts: state?.attempts, lastStatus: state?.lastStatus }
      : { attempts: known.Attempts, lastStatus: known.LastStatus };
  return {
    messageId: envelope.messageId,
    route,
    eventId: envelope.eventId,
    cause: known.Cause ?? receiveLimitCause,
    ...outcome,
    lastError: state?.lastError,
    lastAnswer: state?.lastAnswer,
    receivedAtMs: known.ReceivedAt ?? envelope.sentAtMs,
    deliveryStatus: state?.status,
    attributes: envelope.attributes,
  };
}

/**
 * The relay's attributes that make sense, each by itself: a dead letter may be there just because one of them does
 * not, and the operator needs to see the others.
 */
export function readKnownAttributes(attributes: CarriedAttributes): KnownAttributes {
  let known: KnownAttributes = {};
  for (const [name, { value }] of Object.entries(attributes)) {
    if (typeof value !== 'string') continue;
    const parsed = parseAttributes({ [name]: text(value) });
    if (parsed.kind === 'parsed') known = { ...known, ...parsed.known };
  }
  return known;
}
