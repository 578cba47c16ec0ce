import { type DeadLetterCause, describeError, PoisonMessageError } from '../contract/errors.ts';
import { attributeNames, number, text, withinAttributeLimit } from '../contract/message-attributes.ts';
import type { QueueMessage } from '../contract/ports.ts';
import { traceOf } from '../contract/trace-header.ts';
import { acknowledge, type Disposition, type ProcessorContext } from './processor-context.ts';
import type { ReceivedMessage } from './read-delivery.ts';

/** Why an event becomes a dead letter. */
export interface DeadLetterReason {
  readonly cause: DeadLetterCause;
  readonly status?: number | undefined;
  readonly error: string;
  /** Finished attempts; undefined where the record that counts them was not read. */
  readonly attempts?: number | undefined;
  /** Of the POST that was the last; undefined where none was made. */
  readonly tookMs?: number | undefined;
}

/**
 * Puts a message into the route's dead letter queue with its cause. The caller acknowledges the original afterwards:
 * a crash in between leaves both, and the delivery record keeps the event from being delivered twice.
 *
 * @throws ServiceUnavailableError when SQS did not take it; the message must then stay on its queue
 */
export async function setAside(
  context: ProcessorContext,
  message: ReceivedMessage,
  eventId: string,
  reason: DeadLetterReason,
): Promise<void> {
  await context.sendToDeadLetters(deadLetterMessage(message, reason));
  context.log({
    step: 'dead-letter',
    route: context.settings.route,
    eventId,
    cause: reason.cause,
    error: reason.error,
    ...(reason.attempts === undefined ? {} : { attempt: reason.attempts }),
    ...(reason.status === undefined ? {} : { status: reason.status }),
    ...(reason.tookMs === undefined ? {} : { tookMs: reason.tookMs }),
  });
}

/**
 * What a message that nobody can make sense of says of its event is not to be believed: it gets no record.
 *
 * @param error why it cannot be read
 * @throws ServiceUnavailableError when SQS did not take it; the message must then stay on its queue
 */
export async function setPoisonAside(
  context: ProcessorContext,
  message: ReceivedMessage,
  error: unknown,
): Promise<Disposition> {
  const cause = error instanceof PoisonMessageError ? error.deadLetterCause : 'malformed-message';
  const reason = { cause, error: describeError(error), attempts: 0 };
  await setAside(context, message, `message ${message.messageId}`, reason);
  return acknowledge;
}

/**
 * The message as it was, with why it could not be delivered instead of what an earlier redrive said of it. One that came
 * from a bus, or by hand, does not say when it came: only SQS knew, and forgets it with the message.
 */
function deadLetterMessage(message: ReceivedMessage, reason: DeadLetterReason): QueueMessage {
  const {
    [attributeNames.redrivenAt]: _redrivenAt,
    [attributeNames.lastStatus]: _lastStatus,
    [attributeNames.attempts]: _attempts,
    ...kept
  } = message.attributes;
  const attributes = {
    [attributeNames.receivedAt]: number(message.sentAtMs),
    ...kept,
    [attributeNames.cause]: text(reason.cause),
    ...(reason.attempts === undefined ? {} : { [attributeNames.attempts]: number(reason.attempts) }),
    ...(reason.status === undefined ? {} : { [attributeNames.lastStatus]: number(reason.status) }),
  };
  return { body: message.body, attributes: withinAttributeLimit(attributes), ...traceOf(message) };
}
