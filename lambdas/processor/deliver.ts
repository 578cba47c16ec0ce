import { describeError, PoisonMessageError } from '../contract/errors.ts';
import type { ClaimResult } from '../contract/ports.ts';
import { attemptDelivery } from './attempt-delivery.ts';
import { faultBackoffSeconds } from './backoff.ts';
import type { Pass } from './pass.ts';
import {
  acknowledge,
  type Disposition,
  logFault,
  type ProcessorContext,
  secondsUntilPast,
} from './processor-context.ts';
import { type Delivery, type ReceivedMessage, readDelivery } from './read-delivery.ts';
import { setAside } from './set-aside.ts';
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
      delivery = readDelivery(message, { route: context.settings.route, bucket: context.payloads.bucket });
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
  const { eventId } = delivery;
  // A POST that was cut short by our own end would be taken for a destination that does not answer.
  if (deadlineMs - context.now() < context.settings.timeoutMs) {
    return waitFor(context, message, eventId, { inSeconds: 0, why: 'too-little-time' });
  }

  let claim: ClaimResult;
  try {
    claim = await claimEvent(context, delivery);
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
    case 'claimed': {
      const { lease, attempts } = claim;
      return attemptSafely(context, { message, delivery, lease, number: attempts + 1, deadlineMs, pass });
    }
  }
}

function claimEvent(context: ProcessorContext, delivery: Delivery): Promise<ClaimResult> {
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

async function attemptSafely(context: ProcessorContext, attempt: Attempt): Promise<Disposition> {
  try {
    return await attemptDelivery(context, attempt);
  } catch (error) {
    logFault(context, attempt.delivery.eventId, 'attempting the delivery', error);
    return keepUntilLeaseEnds(context, attempt);
  }
}

/** What a message that nobody can make sense of says of its event is not to be believed: it gets no record. */
async function setPoisonAside(
  context: ProcessorContext,
  message: ReceivedMessage,
  error: unknown,
): Promise<Disposition> {
  const cause = error instanceof PoisonMessageError ? error.deadLetterCause : 'malformed-message';
  const reason = { cause, error: describeError(error), attempts: 0 };
  await setAside(context, message, `message ${message.messageId}`, reason);
  return acknowledge;
}

function duplicate(context: ProcessorContext, eventId: string, of: 'delivered' | 'dead-letter'): Disposition {
  context.log({ step: 'duplicate', route: context.settings.route, eventId, of });
  return acknowledge;
}
