import { attemptDelivery } from './attempt-delivery.ts';
import { faultBackoffSeconds } from './backoff.ts';
import { claimEvent } from './claim-event.ts';
import type { Pass } from './pass.ts';
import { type Disposition, logFault, ownMessages, type ProcessorContext } from './processor-context.ts';
import { type Delivery, type ReceivedMessage, readDelivery } from './read-delivery.ts';
import { setPoisonAside } from './set-aside.ts';
import { type Attempt, keepUntilLeaseEnds } from './settle-attempt.ts';
import { waitFor } from './wait-for.ts';

/** Kept free at the end of the function for what follows the POST: dead letter, record, visibility. */
export const closingMs = 3_000;

/**
 * Delivers the event of one message: claim, POST, record, in this order, and only then acknowledge. Never rejects.
 *
 * A crash after any step leaves the message on the queue, where it reappears after the lease:
 * - after the claim: claimed and posted again, and the dead attempt does not count;
 * - after the POST: posted again, with the same `webhook-id`;
 * - after the dead letter was sent: tried again, which may make a second dead letter, never none;
 * - after the record: found `delivered` or `failed`, and acknowledged without a POST.
 *
 * @param functionEndsAtMs when Lambda stops this invocation
 */
export async function deliver(
  context: ProcessorContext,
  message: ReceivedMessage,
  pass: Pass,
  functionEndsAtMs: number,
): Promise<Disposition> {
  try {
    let delivery: Delivery;
    try {
      delivery = readDelivery(message, ownMessages(context));
    } catch (error) {
      return await setPoisonAside(context, message, error);
    }
    return await deliverEvent(context, message, delivery, pass, functionEndsAtMs - closingMs);
  } catch (error) {
    // The dead letter queue took nothing, or the world is not as the types say: the message stays.
    logFault(context, `message ${message.messageId}`, 'delivering the message', error);
    return { kind: 'keep', hideSeconds: faultBackoffSeconds(message.receiveCount, context.random) };
  }
}

/** The same for a message that was read. @throws ServiceUnavailableError when a dead letter cannot be sent */
export async function deliverEvent(
  context: ProcessorContext,
  message: ReceivedMessage,
  delivery: Delivery,
  pass: Pass,
  deadlineMs: number,
): Promise<Disposition> {
  // A POST that was cut short by our own end would be taken for a destination that does not answer.
  if (deadlineMs - context.now() < context.settings.timeoutMs) {
    return waitFor(context, message, delivery.eventId, { inSeconds: 0, why: 'too-little-time' });
  }

  const claim = await claimEvent(context, message, delivery);
  if (claim.kind !== 'claimed') return claim;
  const { lease, attempts, lastFailedAtMs } = claim;
  const attempt = { message, delivery, lease, number: attempts + 1, lastFailedAtMs, deadlineMs, pass };
  return attemptSafely(context, attempt);
}

async function attemptSafely(context: ProcessorContext, attempt: Attempt): Promise<Disposition> {
  try {
    return await attemptDelivery(context, attempt);
  } catch (error) {
    logFault(context, attempt.delivery.eventId, 'attempting the delivery', error);
    return keepUntilLeaseEnds(context, attempt);
  }
}
