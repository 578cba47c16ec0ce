import type { DeliveryStatus } from '../../../lambdas/contract/delivery-record.ts';
import {
  attributeNames,
  busFailureAttributeNames,
  type KnownAttributes,
  parseAttributes,
  text,
} from '../../../lambdas/contract/message-attributes.ts';
import { messageEventId } from '../../../lambdas/contract/message-event-id.ts';
import { deadLetterRetentionSeconds } from '../../infra/timings.ts';
import type { CarriedAttributes, ReceivedMessage } from '../connection/message-queues.ts';
import type { DeliveryState } from './delivery-states.ts';

/**
 * The cause of a message that SQS itself moved after `maxReceiveCount` receives, because the processor died on each:
 * nobody was left to write a `Cause` on it.
 */
export const receiveLimitCause = 'receive-limit';

/** The cause of an event that EventBridge could not put on its route's queue. It has no word for it, either. */
export const notQueuedCause = 'not-queued';

/** A message in a route's dead letter queue, with what the relay knows of it. */
export interface DeadLetter {
  readonly messageId: string;
  /** The route whose dead letter queue it is in. */
  readonly route: string;
  /** Undefined when the message has one that the relay never writes: no delivery goes by it. */
  readonly eventId: string | undefined;
  /** A `DeadLetterCause`, {@link receiveLimitCause} or {@link notQueuedCause}; as written on the message, should it be none that we know. */
  readonly cause: string;
  readonly attempts: number | undefined;
  readonly lastStatus: number | undefined;
  readonly lastError: string | undefined;
  /** The beginning of the destination's last answer: a customer's data, as the body is. */
  readonly lastAnswer: string | undefined;
  readonly receivedAtMs: number;
  /** When it was put into the dead letter queue; one that SQS moved keeps the time it was put on the route's queue. */
  readonly sentAtMs: number;
  /** When an operator changed its body, if one did. */
  readonly editedAtMs: number | undefined;
  /** Of the delivery record; undefined when there is none. */
  readonly deliveryStatus: DeliveryStatus | undefined;
  /** The delivery record as far as it is of use to an operator. It can be of a later delivery of the same event. */
  readonly record: DeliveryState | undefined;
  readonly attributes: CarriedAttributes;
}

/** When SQS deletes a dead letter, epoch ms. */
export function expiresAtMs({ sentAtMs }: Pick<DeadLetter, 'sentAtMs'>): number {
  return sentAtMs + deadLetterRetentionSeconds * 1_000;
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
  const busError = readBusError(envelope.attributes);
  // A processor that wrote a cause also wrote the numbers that belong to it. The record may be of a later delivery.
  const outcome =
    known.Cause === undefined
      ? { attempts: state?.attempts, lastStatus: state?.lastStatus }
      : { attempts: known.Attempts, lastStatus: known.LastStatus };
  return {
    messageId: envelope.messageId,
    route,
    eventId: envelope.eventId,
    cause: known.Cause ?? (busError === undefined ? receiveLimitCause : notQueuedCause),
    ...outcome,
    lastError: state?.lastError ?? busError,
    lastAnswer: state?.lastAnswer,
    receivedAtMs: known.ReceivedAt ?? envelope.sentAtMs,
    sentAtMs: envelope.sentAtMs,
    editedAtMs: known.EditedAt,
    deliveryStatus: state?.status,
    record: state,
    attributes: envelope.attributes,
  };
}

/** Why EventBridge could not put an event on its queue; undefined for a message that did not come from it that way. */
function readBusError(attributes: CarriedAttributes): string | undefined {
  const { rule, errorCode, errorMessage } = busFailureAttributeNames;
  if (attributes[rule] === undefined || attributes[errorCode] === undefined) return undefined;
  const texts = [errorCode, errorMessage].map((name) => attributes[name]?.value);
  return texts.filter((text) => typeof text === 'string').join(': ');
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
