import type { StatusClass } from '../contract/metric-names.ts';
import type { DestinationAnswer, Lease } from '../contract/ports.ts';
import { backoffSeconds, faultBackoffSeconds, spreadSeconds } from './backoff.ts';
import { classify, type Retry, type Verdict } from './classify.ts';
import type { Observation, Pass } from './pass.ts';
import {
  acknowledge,
  type Disposition,
  logFault,
  type ProcessorContext,
  secondsUntilPast,
} from './processor-context.ts';
import type { Delivery, ReceivedMessage } from './read-delivery.ts';
import { type DeadLetterReason, setAside } from './set-aside.ts';
import { statusClassOf } from './status-class.ts';
import { lastWaitEndsAtMs } from './wait-for.ts';

/** One attempt at an event that is ours until the lease ends. */
export interface Attempt {
  readonly message: ReceivedMessage;
  readonly delivery: Delivery;
  readonly lease: Lease;
  /** From 1. */
  readonly number: number;
  /** When the destination failed the event before, if it did. */
  readonly lastFailedAtMs: number | undefined;
  /** Latest moment at which the destination must have answered. */
  readonly deadlineMs: number;
  readonly pass: Pass;
}

/** Records what came of a POST. Rejects when that cannot be written: the lease then stays, and so must the message. */
export function settleAttempt(
  context: ProcessorContext,
  attempt: Attempt,
  answer: DestinationAnswer,
  tookMs: number,
): Promise<Disposition> {
  const judged = judge(context, attempt, answer);
  const meaning = attempt.pass.observe(observationOf(judged, attempt.lastFailedAtMs));
  const verdict = meaning === 'event' ? asOfEvent(judged) : judged;
  const lastAnswer = answer.kind === 'answered' ? answer.excerpt : undefined;
  const post = { lastAnswer, tookMs, statusClass: statusClassOf(answer) };
  switch (verdict.kind) {
    case 'delivered':
      return delivered(context, attempt, verdict.status, tookMs);
    case 'retry':
      return retryLater(context, attempt, verdict, post);
    case 'pause':
      return keepForResume(context, attempt, verdict, post);
    case 'dead-letter': {
      const { cause, status, error } = verdict;
      return failed(context, attempt, { cause, status, error, lastAnswer, tookMs, attempts: attempt.number });
    }
  }
}

/** What is told of a POST that did not deliver its event. */
interface FailedPost {
  readonly lastAnswer: string | undefined;
  readonly tookMs: number;
  readonly statusClass: StatusClass;
}

/** What a server answers whose application is not there yet, as during a deployment. */
const notThereYet: ReadonlySet<number> = new Set([404, 405]);

/** A destination that is only being tried is not back while its endpoint is missing: the event is kept for that. */
function judge(context: ProcessorContext, { pass }: Attempt, answer: DestinationAnswer): Verdict {
  const verdict = classify(answer, context.now());
  if (verdict.kind === 'dead-letter' && !pass.counts && notThereYet.has(verdict.status)) {
    return { kind: 'retry', status: verdict.status, error: verdict.error, blames: 'destination' };
  }
  return verdict;
}

/** The same answer, as one to this event alone, which is no reason to pause the route. */
function asOfEvent(verdict: Verdict): Verdict {
  if (verdict.kind === 'pause') {
    return { kind: 'retry', status: verdict.status, error: verdict.error, blames: 'event' };
  }
  return verdict.kind === 'retry' ? { ...verdict, blames: 'event' } : verdict;
}

function observationOf(verdict: Verdict, lastFailedAtMs: number | undefined): Observation {
  switch (verdict.kind) {
    case 'delivered':
      return { kind: 'well', delivered: true };
    case 'dead-letter':
      return { kind: 'well', delivered: false };
    case 'pause':
      return { kind: 'ill', error: verdict.error, halt: verdict.why, lastFailedAtMs };
    case 'retry': {
      const { error, blames, notBeforeMs: waitUntilMs } = verdict;
      switch (blames) {
        case 'event':
          return { kind: 'well', delivered: false };
        case 'pace':
          return { kind: 'overrun', error, waitUntilMs };
        case 'destination':
          return { kind: 'ill', error, waitUntilMs, lastFailedAtMs };
      }
    }
  }
}

async function delivered(
  context: ProcessorContext,
  attempt: Attempt,
  status: number,
  tookMs: number,
): Promise<Disposition> {
  const deliveredAtMs = context.now();
  const write = await context.records.recordDelivered(attempt.lease, {
    attempts: attempt.number,
    lastStatus: status,
    deliveredAtMs,
  });
  // The time of receipt is an attribute, of another clock or of somebody's hand.
  const sinceReceiptMs = Math.max(0, deliveredAtMs - attempt.delivery.receivedAtMs);
  context.log({ step: 'delivered', ...identity(context, attempt), status, tookMs, sinceReceiptMs });
  // Lost: whoever took the event over posts it a second time, and this message then finds it delivered.
  return write === 'written' ? acknowledge : keepUntilLeaseEnds(context, attempt);
}

async function retryLater(
  context: ProcessorContext,
  attempt: Attempt,
  verdict: Retry,
  post: FailedPost,
): Promise<Disposition> {
  const { retry } = context.settings;
  const { status, error, blames, notBeforeMs } = verdict;
  const counts = attempt.pass.counts && blames !== 'pace';
  const attempts = counts ? attempt.number : attempt.number - 1;
  const { lastAnswer, tookMs } = post;
  const reason = { status, error, lastAnswer, tookMs, attempts };
  if (counts && attempts >= retry.maxAttempts) {
    return failed(context, attempt, { cause: 'attempts-exhausted', ...reason });
  }

  // By receives where the number of the attempt does not rise; the route's cap holds for either.
  const backoff = counts
    ? backoffSeconds(attempt.number, retry, context.random)
    : Math.min(retry.capSeconds, faultBackoffSeconds(attempt.message.receiveCount, context.random));
  const nowMs = context.now();
  const asked = notBeforeMs === undefined ? 0 : spreadSeconds((notBeforeMs - nowMs) / 1_000, context.random);
  const inSeconds = Math.max(backoff, asked);
  const nextAttemptAtMs = nowMs + inSeconds * 1_000;
  if (nextAttemptAtMs > lastWaitEndsAtMs(context, attempt.message)) {
    return failed(context, attempt, { cause: 'retention-reached', ...reason });
  }
  const failedAtMs = blames === 'pace' ? undefined : nowMs;
  return keepUntil(context, attempt, { inSeconds, status, error, ...post, attempts, failedAtMs });
}

/** The route is paused for this answer. The event waits as all the others do, and has used up nothing. */
function keepForResume(
  context: ProcessorContext,
  attempt: Attempt,
  { status, error }: Extract<Verdict, { kind: 'pause' }>,
  post: FailedPost,
): Promise<Disposition> {
  const inSeconds = faultBackoffSeconds(attempt.message.receiveCount, context.random);
  const failedAtMs = context.now();
  return keepUntil(context, attempt, {
    inSeconds,
    status,
    error,
    ...post,
    attempts: attempt.number - 1,
    failedAtMs,
  });
}

async function keepUntil(
  context: ProcessorContext,
  attempt: Attempt,
  outcome: FailedPost & {
    readonly inSeconds: number;
    readonly attempts: number;
    readonly status: number | undefined;
    readonly error: string;
    readonly failedAtMs: number | undefined;
  },
): Promise<Disposition> {
  const { inSeconds, attempts, status, error, lastAnswer, failedAtMs, tookMs, statusClass } = outcome;
  const write = await context.records.recordRetry(attempt.lease, {
    attempts,
    lastStatus: status,
    lastError: error,
    lastAnswer,
    nextAttemptAtMs: context.now() + inSeconds * 1_000,
    failedAtMs,
  });
  const answered = status === undefined ? {} : { status };
  context.log({ step: 'retrying', ...identity(context, attempt), inSeconds, error, ...answered, statusClass, tookMs });
  return write === 'written' ? { kind: 'keep', hideSeconds: inSeconds } : keepUntilLeaseEnds(context, attempt);
}

/** The dead letter first, its record second: a `failed` record promises that the dead letter is there. */
export async function failed(
  context: ProcessorContext,
  { message, delivery, lease }: Pick<Attempt, 'message' | 'delivery' | 'lease'>,
  reason: DeadLetterReason & { readonly attempts: number; readonly lastAnswer?: string | undefined },
): Promise<Disposition> {
  const { eventId } = delivery;
  await setAside(context, message, eventId, reason);
  try {
    await context.records.recordFailed(lease, {
      attempts: reason.attempts,
      lastStatus: reason.status,
      lastError: reason.error,
      lastAnswer: reason.lastAnswer,
    });
  } catch (error) {
    // The event is safe in the dead letter queue; without its record a duplicate would merely be tried once more.
    logFault(context, eventId, 'recording the dead letter', error);
  }
  return acknowledge;
}

/** Nobody can claim the event before the lease ends, so there is no use in seeing the message earlier. */
export function keepUntilLeaseEnds(context: ProcessorContext, { lease }: Pick<Attempt, 'lease'>): Disposition {
  return { kind: 'keep', hideSeconds: secondsUntilPast(lease.expiresAtMs, context.now()) };
}

function identity(context: ProcessorContext, attempt: Attempt) {
  return { route: context.settings.route, eventId: attempt.delivery.eventId, attempt: attempt.number };
}
