import { describeError, PoisonMessageError } from '../contract/errors.ts';
import { faultBackoffSeconds } from './backoff.ts';
import { buildRequest } from './build-request.ts';
import { type Disposition, logFault, type ProcessorContext } from './processor-context.ts';
import type { Credentials } from './read-credentials.ts';
import { loadBody } from './read-delivery.ts';
import { type Attempt, failed, settleAttempt } from './settle-attempt.ts';
import { lastWaitEndsAtMs, waitFor } from './wait-for.ts';

/**
 * Loads the body and what the POST is signed with, posts it, and records what came of it.
 *
 * Rejects when a service fails after the POST: the lease then stays as it is, so that nobody repeats the POST before
 * it ends, and the message has to stay on the queue.
 */
export async function attemptDelivery(context: ProcessorContext, attempt: Attempt): Promise<Disposition> {
  const { timeoutMs } = context.settings;
  let body: Uint8Array;
  let credentials: Credentials;
  try {
    const withinMs = attempt.deadlineMs - timeoutMs - context.now();
    [body, credentials] = await Promise.all([
      loadBody(attempt.delivery.body, context.payloads, withinMs),
      context.credentials(withinMs),
    ]);
  } catch (error) {
    if (error instanceof PoisonMessageError) {
      return failed(context, attempt, {
        cause: error.deadLetterCause,
        error: error.message,
        attempts: attempt.number - 1,
      });
    }
    return handBackUnattempted(context, attempt, error);
  }

  const startedAtMs = context.now();
  if (attempt.deadlineMs - startedAtMs < timeoutMs) {
    return handBackUnattempted(context, attempt, new Error('it left too little time for the POST'));
  }
  const { traceHeader } = attempt.message;
  const request = { number: attempt.number, body, credentials, nowMs: startedAtMs, timeoutMs, traceHeader };
  const answer = await context.post(buildRequest(attempt.delivery, request, context.settings));
  return settleAttempt(context, attempt, answer, context.now() - startedAtMs);
}

/** No POST was made, so the attempt does not count; the lease is given up for the next one. */
async function handBackUnattempted(context: ProcessorContext, attempt: Attempt, error: unknown): Promise<Disposition> {
  const { message, delivery, lease } = attempt;
  logFault(context, delivery.eventId, 'loading what is to be posted', error);
  if (context.now() >= lastWaitEndsAtMs(context, message)) {
    const reason = { cause: 'retention-reached', error: describeError(error), attempts: attempt.number - 1 } as const;
    return failed(context, attempt, reason);
  }
  const inSeconds = faultBackoffSeconds(message.receiveCount, context.random);
  await context.records.handBack(lease, context.now() + inSeconds * 1_000);
  return waitFor(context, message, delivery.eventId, { inSeconds, why: 'service-unavailable' });
}
