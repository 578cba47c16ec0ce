import { longestVisibilitySeconds } from '../contract/aws-limits.ts';
import { attributeNames, number, parseAttributes, withinAttributeLimit } from '../contract/message-attributes.ts';
import { messageEventId } from '../contract/message-event-id.ts';
import { traceOf } from '../contract/trace-header.ts';
import { acknowledge, type Disposition, logFault, type ProcessorContext } from './processor-context.ts';
import type { ReceivedMessage } from './read-delivery.ts';
import { setAside } from './set-aside.ts';

/** SQS's longest DelaySeconds; a longer wait goes on in the delivery record, which the next receive meets. */
const longestDelaySeconds = 900;

/**
 * Puts a message that is to wait on its queue anew, and takes the old one off:
 * - before SQS counts one receive too many and takes it for poison: waiting for a service, a lease or a destination's
 *   pace is nothing that the event is to blame for. A message that kills the processor never gets here, and meets SQS's
 *   limit;
 * - before it is so old that SQS would delete it in a pause which begins while it waits: see {@link comesBackTooOld}.
 *
 * Sent first, acknowledged second. A crash between the two leaves both, and the delivery record lets one through. Only
 * while the event has been here for less than the queue's retention, counted from its receipt or redrive: what has
 * waited longer becomes a dead letter after all, at once when it is its age that would be dangerous.
 */
export async function renewWaiting(
  context: ProcessorContext,
  message: ReceivedMessage,
  disposition: Disposition,
): Promise<Disposition> {
  if (disposition.kind !== 'keep') return disposition;
  const { renewAfterReceives, queueRetentionMs } = context.settings;
  const isTooOld = comesBackTooOld(context, message, disposition.hideSeconds);
  if (!isTooOld && message.receiveCount < renewAfterReceives) return disposition;
  const parsed = parseAttributes(message.attributes);
  const known = parsed.kind === 'parsed' ? parsed.known : {};
  const receivedAtMs = known.ReceivedAt ?? message.sentAtMs;
  const eventId = messageEventId(message.body, known);
  if (context.now() - Math.max(receivedAtMs, known.RedrivenAt ?? 0) >= queueRetentionMs) {
    return isTooOld ? setOldAside(context, message, eventId, disposition) : disposition;
  }
  try {
    const attributes = withinAttributeLimit({
      ...message.attributes,
      [attributeNames.receivedAt]: number(receivedAtMs),
    });
    const again = { body: message.body, attributes, ...traceOf(message) };
    await context.sendAgain(again, Math.min(disposition.hideSeconds, longestDelaySeconds));
  } catch (error) {
    logFault(context, eventId, 'putting the message on its queue anew', error);
    return disposition;
  }
  const { receiveCount: receives } = message;
  context.log({ step: 'renewed', route: context.settings.route, eventId, receives });
  return acknowledge;
}

/**
 * A paused route is emptied into its dead letter queue after half the retention, so a message has to be younger than the
 * other half when the pause begins. It may begin while the message is hidden, so what counts is its age when it comes
 * back; and 12 h are left for what is then still in the way: emptying the queue, and the longest time that SQS can hide
 * a message whose event somebody else holds.
 *
 * A wait that is longer than SQS can hide a message is taken for as long as that: it comes back then, and waits on. Else
 * a new message would be too old from the first, and renewed for ever.
 */
function comesBackTooOld(context: ProcessorContext, message: ReceivedMessage, hideSeconds: number): boolean {
  const backAtMs = context.now() + Math.min(hideSeconds, longestVisibilitySeconds) * 1_000;
  return backAtMs - message.sentAtMs > context.settings.queueRetentionMs / 2 - longestVisibilitySeconds * 1_000;
}

/** Its delivery record stays as it is, as that of every message that must not wait any longer. */
async function setOldAside(
  context: ProcessorContext,
  message: ReceivedMessage,
  eventId: string,
  disposition: Disposition,
): Promise<Disposition> {
  try {
    const error = 'it has waited for longer than a message may';
    await setAside(context, message, eventId, { cause: 'retention-reached', error });
    return acknowledge;
  } catch (error) {
    logFault(context, eventId, 'setting the old message aside', error);
    return disposition;
  }
}
