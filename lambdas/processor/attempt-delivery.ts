import { describeError, PoisonMessageError } from '../contract/errors.ts';
import type { DestinationAnswer, Lease } from '../contract/ports.ts';
import { backoffSeconds, faultBackoffSeconds } from './backoff.ts';
import { buildRequest } from './build-request.ts';
import { classify, type Verdict } from './classify.ts';
import {
  acknowledge,
  type Disposition,
  logFault,
  type ProcessorContext,
  secondsUntilPast,
} from './processor-context.ts';
import { type Delivery, loadBody, type ReceivedMessage } from './read-delivery.ts';
import { type DeadLetterReason, setAside } from './set-aside.ts';
import { lastWaitEndsAtMs, waitFor } from './wait-for.ts';

/** One attempt at an event that is ours until the lease ends. */
export interface Attempt {
  readonly message: ReceivedMessage;
  readonly delivery: Delivery;
  readonly lease: Lease;
  /** From 1. */
  readonly number: number;
  /** Latest moment at which the destination must have answered. */
  readonly deadlineMs: number;
}

/** With less than this for the POST itself, an attempt would only burn the event's budget. */
export const shortestAttemptMs = 1_000;

/**
 * Loads the body, posts it, and records what came of it.
 *
 * Rejects when a service fails after the POST: the lease then stays as it is, so that nobody repeats the POST before
 * it ends, and the message has to stay on the queue.
 */
export async function attemptDelivery(context: ProcessorContext, attempt: Attempt): Promise<Disposition> {
  let body: Uint8Array;
  try {
    body = await loadBody(attempt.delivery.body, context.payloads, attempt.deadlineMs - context.now());
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
  const timeoutMs = Math.min(context.settings.timeoutMs, attempt.deadlineMs - startedAtMs);
  if (timeoutMs < shortestAttemptMs) {
    return handBackUnattempted(context, attempt, new Error('loading the body left too little time for the POST'));
  }
  const request = { number: attempt.number, body, nowMs: startedAtMs, timeoutMs };
  const answer = await context.post(buildRequest(attempt.delivery, request, context.settings));
  return settle(context, attempt, answer, context.now() - startedAtMs);
}

function settle(
  context: ProcessorContext,
  attempt: Attempt,
  answer: DestinationAnswer,
  tookMs: number,
): Promise<Disposition> {
  const verdict = classify(answer);
  switch (verdict.kind) {
    case 'delivered':
      return delivered(context, attempt, verdict.status, tookMs);
    case 'retry':
      return retryLater(context, attempt, verdict);
    case 'dead-letter': {
      const { status, error } = verdict;
      return failed(context, attempt, { cause: 'rejected', status, error, attempts: attempt.number });
    }
  }
}

async function delivered(
  context: ProcessorContext,
  attempt: Attempt,
  status: number,
  tookMs: number,
): Promise<Disposition> {
  const write = await context.records.recordDelivered(attempt.lease, {
    attempts: attempt.number,
    lastStatus: status,
    deliveredAtMs: context.now(),
  });
  context.log({ step: 'delivered', ...identity(context, attempt), status, tookMs });
  // Lost: whoever took the event over posts it a second time, and this message then finds it delivered.
  return write === 'written' ? acknowledge : keepUntilLeaseEnds(context, attempt);
}

async function retryLater(
  context: ProcessorContext,
  attempt: Attempt,
  { status, error }: Extract<Verdict, { kind: 'retry' }>,
): Promise<Disposition> {
  const { retry } = context.settings;
  const reason = { status, error, attempts: attempt.number };
  if (attempt.number >= retry.maxAttempts) return failed(context, attempt, { cause: 'attempts-exhausted', ...reason });

  const inSeconds = backoffSeconds(attempt.number, retry, context.random);
  const nextAttemptAtMs = context.now() + inSeconds * 1_000;
  if (nextAttemptAtMs > lastWaitEndsAtMs(context, attempt.message)) {
    return failed(context, attempt, { cause: 'retention-reached', ...reason });
  }

  const write = await context.records.recordRetry(attempt.lease, {
    attempts: attempt.number,
    lastStatus: status,
    lastError: error,
    nextAttemptAtMs,
  });
  const answered = status === undefined ? {} : { status };
  context.log({ step: 'retrying', ...identity(context, attempt), inSeconds, error, ...answered });
  return write === 'written' ? { kind: 'keep', hideSeconds: inSeconds } : keepUntilLeaseEnds(context, attempt);
}

/** The dead letter first, its record second: a `failed` record promises that the dead letter is there. */
async function failed(
  context: ProcessorContext,
  attempt: Attempt,
  reason: DeadLetterReason & { readonly attempts: number },
): Promise<Disposition> {
  const { eventId } = attempt.delivery;
  await setAside(context, attempt.message, eventId, reason);
  try {
    await context.records.recordFailed(attempt.lease, {
      attempts: reason.attempts,
      lastStatus: reason.status,
      lastError: reason.error,
    });
  } catch (error) {
    // The event is safe in the dead letter queue; without its record a duplicate would merely be tried once more.
    logFault(context, eventId, 'recording the dead letter', error);
  }
  return acknowledge;
}

/** No POST was made, so the attempt does not count; the lease is given up for the next one. */
async function handBackUnattempted(context: ProcessorContext, attempt: Attempt, error: unknown): Promise<Disposition> {
  const { message, delivery, lease } = attempt;
  logFault(context, delivery.eventId, 'loading the body', error);
  if (context.now() >= lastWaitEndsAtMs(context, message)) {
    const reason = { cause: 'retention-reached', error: describeError(error), attempts: attempt.number - 1 } as const;
    return failed(context, attempt, reason);
  }
  const inSeconds = faultBackoffSeconds(message.receiveCount, context.random);
  await context.records.handBack(lease, context.now() + inSeconds * 1_000);
  return waitFor(context, message, delivery.eventId, { inSeconds, why: 'service-unavailable' });
}

/** Nobody can claim the event before the lease ends, so there is no use in seeing the message earlier. */
export function keepUntilLeaseEnds(context: ProcessorContext, attempt: Attempt): Disposition {
  return { kind: 'keep', hideSeconds: secondsUntilPast(attempt.lease.expiresAtMs, context.now()) };
}

function identity(context: ProcessorContext, attempt: Attempt) {
  return { route: context.settings.route, eventId: attempt.delivery.eventId, attempt: attempt.number };
}
