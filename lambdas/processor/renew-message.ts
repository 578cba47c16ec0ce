import { attributeNames, number, parseAttributes, withinAttributeLimit } from '../contract/message-attributes.ts';
import { messageEventId } from '../contract/message-event-id.ts';
import { type Disposition, logFault, type ProcessorContext } from './processor-context.ts';
import type { ReceivedMessage } from './read-delivery.ts';

/** SQS's longest DelaySeconds; a longer wait goes on in the delivery record, which the next receive meets. */
const longestDelaySeconds = 900;

/**
 * Puts a message that is to wait on its queue anew, and takes the old one off, before SQS counts one receive too many
 * and takes it for poison: waiting for a service, a lease or a destination's pace is nothing that the event is to blame
 * for. A message that kills the processor never gets here, and meets SQS's limit.
 *
 * Sent first, acknowledged second. A crash between the two leaves both, and the delivery record lets one through. Only
 * while the event has been here for less than the queue's retention, counted from its receipt or redrive: what has
 * waited longer becomes a dead letter after all.
 */
export async function renewWaiting(
  context: ProcessorContext,
  message: ReceivedMessage,
  disposition: Disposition,
): Promise<Disposition> {
  const { renewAfterReceives, queueRetentionMs } = context.settings;
  if (disposition.kind !== 'keep' || message.receiveCount < renewAfterReceives) return disposition;
  const parsed = parseAttributes(message.attributes);
  const known = parsed.kind === 'parsed' ? parsed.known : {};
  const receivedAtMs = known.ReceivedAt ?? message.sentAtMs;
  if (context.now() - Math.max(receivedAtMs, known.RedrivenAt ?? 0) >= queueRetentionMs) return disposition;
  const eventId = messageEventId(message.body, known);
  try {
    const attributes = withinAttributeLimit({
      ...message.attributes,
      [attributeNames.receivedAt]: number(receivedAtMs),
    });
    await context.sendAgain({ body: message.body, attributes }, Math.min(disposition.hideSeconds, longestDelaySeconds));
  } catch (error) {
    logFault(context, eventId, 'putting the message on its queue anew', error);
    return disposition;
  }
  const { receiveCount: receives } = message;
  context.log({ step: 'renewed', route: context.settings.route, eventId, receives });
  return { kind: 'acknowledge' };
}
