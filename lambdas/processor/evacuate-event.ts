import { claimEvent } from './claim-event.ts';
import { type Disposition, logFault, ownMessages, type ProcessorContext } from './processor-context.ts';
import { type Delivery, type ReceivedMessage, readDelivery } from './read-delivery.ts';
import { setPoisonAside } from './set-aside.ts';
import { failed, keepUntilLeaseEnds } from './settle-attempt.ts';

/**
 * Makes the event of one message a dead letter because its route is paused for so long that SQS would delete it. Nothing is
 * posted, but the event is claimed all the same: it may have been delivered by a trial, with a copy, and the operator who
 * redrives what he finds here would have it posted a second time.
 *
 * A crash after any step leaves the message on the queue, where it reappears after the lease, as it does in a delivery:
 * - after the claim: claimed again;
 * - after the dead letter was sent: sent again, which makes a second one, never none;
 * - after the record: found `failed`, and acknowledged.
 *
 * @throws ServiceUnavailableError when the dead letter queue did not take what nobody has a lease of
 */
export async function evacuateEvent(context: ProcessorContext, message: ReceivedMessage): Promise<Disposition> {
  let delivery: Delivery;
  try {
    delivery = readDelivery(message, ownMessages(context));
  } catch (error) {
    return setPoisonAside(context, message, error);
  }
  const claim = await claimEvent(context, message, delivery);
  if (claim.kind !== 'claimed') return claim;
  const { lease, attempts } = claim;
  try {
    const reason = { cause: 'retention-reached', error: 'its route is paused for too long', attempts } as const;
    return await failed(context, { message, delivery, lease }, reason);
  } catch (error) {
    logFault(context, delivery.eventId, 'setting the event aside', error);
    return keepUntilLeaseEnds(context, { lease });
  }
}
