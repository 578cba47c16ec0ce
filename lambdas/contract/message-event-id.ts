import { createHash } from 'node:crypto';
import { readBusEvent } from './bus-event.ts';
import { type KnownAttributes, parseAttributes } from './message-attributes.ts';
import type { QueueMessage } from './ports.ts';

/**
 * The event id of a message on a queue. An event of a bus has EventBridge's in its body. One that was sent by hand, or by
 * another client, has none of its own and goes by its body; never by its SQS message id, which a redrive replaces.
 *
 * It takes no look at the route's settings: the breaker and the operator have to come to the same id as the processor.
 */
export function messageEventId(body: string, known: KnownAttributes): string {
  return known.EventId ?? readBusEvent(body)?.id ?? createHash('sha256').update(body).digest('hex');
}

/** The same for a message that nobody has read yet; one with attributes that make no sense goes by its body, too. */
export function eventIdOf({ body, attributes }: QueueMessage): string {
  const parsed = parseAttributes(attributes);
  return messageEventId(body, parsed.kind === 'parsed' ? parsed.known : {});
}
