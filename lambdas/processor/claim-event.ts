import type { ClaimResult } from '../contract/ports.ts';
import { faultBackoffSeconds } from './backoff.ts';
import {
  acknowledge,
  type Disposition,
  logFault,
  type ProcessorContext,
  secondsUntilPast,
} from './processor-context.ts';
import type { Delivery, ReceivedMessage } from './read-delivery.ts';
import { waitFor } from './wait-for.ts';

/** An event that nobody else may touch until the lease ends. */
export type ClaimedEvent = Extract<ClaimResult, { kind: 'claimed' }>;

/**
 * Claims the event of a message, or tells what is to happen with a message whose event is not to be had: it is done
 * already, or somebody else has it, or DynamoDB cannot be used.
 *
 * @throws ServiceUnavailableError when the message must not wait any longer and the dead letter queue did not take it
 */
export async function claimEvent(
  context: ProcessorContext,
  message: ReceivedMessage,
  delivery: Delivery,
): Promise<ClaimedEvent | Disposition> {
  const { eventId } = delivery;
  let claim: ClaimResult;
  try {
    claim = await requestClaim(context, delivery);
  } catch (error) {
    logFault(context, eventId, 'claiming the event', error);
    const inSeconds = faultBackoffSeconds(message.receiveCount, context.random);
    return waitFor(context, message, eventId, { inSeconds, why: 'service-unavailable' });
  }
  switch (claim.kind) {
    case 'held': {
      const inSeconds = secondsUntilPast(claim.untilMs, context.now());
      return waitFor(context, message, eventId, { inSeconds, why: 'another-delivery-holds-it' });
    }
    case 'delivered':
      return duplicate(context, eventId, 'delivered');
    case 'failed':
      // Written only after the dead letter was in its queue: this copy is not needed for anything.
      return duplicate(context, eventId, 'dead-letter');
    case 'claimed':
      return claim;
  }
}

function requestClaim(context: ProcessorContext, delivery: Delivery): Promise<ClaimResult> {
  const nowMs = context.now();
  return context.records.claim({
    eventId: delivery.eventId,
    owner: context.newId(),
    nowMs,
    leaseExpiresAtMs: nowMs + context.settings.leaseMs,
    receivedAtMs: delivery.receivedAtMs,
    expiresAtSeconds: Math.ceil(nowMs / 1_000) + context.settings.dedupeSeconds,
    redrive: delivery.redrive,
  });
}

function duplicate(context: ProcessorContext, eventId: string, of: 'delivered' | 'dead-letter'): Disposition {
  context.log({ step: 'duplicate', route: context.settings.route, eventId, of });
  return acknowledge;
}
