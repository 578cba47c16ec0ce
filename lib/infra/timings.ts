import type { RetrySettings } from '../../lambdas/contract/retry-settings.ts';

/*
 * Every duration of the relay. The order they stand in is a promise that something else relies on: tests hold it for
 * every route, and what a config can break is refused at synth.
 */

const daySeconds = 86_400;

/**
 * How long an undelivered webhook may stay on its queue. SQS deletes silently after that, so it must be longer than
 * any retry schedule, yet shorter than the dead letter queue's retention: native redrive keeps the original enqueue
 * time (SQS Developer Guide, "Setting up dead-letter queue retention").
 */
export const queueRetentionSeconds = 7 * daySeconds;

/** SQS's maximum. */
export const deadLetterRetentionSeconds = 14 * daySeconds;

/** How long an offloaded body is kept. */
export const payloadLifeSeconds = 30 * daySeconds;

/**
 * Genesys gives up after 10 s. The function answers after 7 s at the latest (lambdas/ingest/time-budget.ts), whatever is
 * down; this is for what keeps it from doing so.
 */
export const ingestTimeoutSeconds = 8;

/** What the processor needs around a POST: claim, fetch of an offloaded body, dead letter, record. */
const processorOverheadSeconds = 15;

/** AWS asks for six times the function timeout (Lambda guide, "Using Lambda with Amazon SQS": visibility timeout). */
const visibilityFactor = 6;

export interface RouteTimings {
  readonly deliveryTimeoutSeconds: number;
  readonly functionTimeoutSeconds: number;
  readonly leaseSeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly maxReceiveCount: number;
  readonly longestScheduleSeconds: number;
  readonly dedupeSeconds: number;
  readonly retry: RetrySettings;
}

/** A route's durations, derived from what its config says. */
export function routeTimings(route: {
  readonly timeoutSeconds: number;
  readonly retry: RetrySettings;
  readonly dedupeDays: number;
}): RouteTimings {
  const functionTimeoutSeconds = route.timeoutSeconds + processorOverheadSeconds;
  return {
    deliveryTimeoutSeconds: route.timeoutSeconds,
    functionTimeoutSeconds,
    leaseSeconds: functionTimeoutSeconds,
    visibilityTimeoutSeconds: visibilityFactor * functionTimeoutSeconds,
    maxReceiveCount: maxReceiveCount(route.retry.maxAttempts),
    longestScheduleSeconds: longestSchedule(route.retry, route.timeoutSeconds),
    dedupeSeconds: route.dedupeDays * daySeconds,
    retry: route.retry,
  };
}

/**
 * Receives beyond the attempts: for waiting on another copy's lease, for crashes, and for AWS services that cannot be
 * used, where the processor's fault backoff makes them last three hours at least.
 */
const spareReceives = 32;

/** More attempts than this would bring `maxReceiveCount` over SQS's 1,000. */
export const mostAttempts = 484;

/**
 * The guard against messages that crash the processor. Every retry by visibility is a receive too, so it must leave
 * attempts room: twice their number, and some to spare.
 */
export function maxReceiveCount(maxAttempts: number): number {
  return 2 * maxAttempts + spareReceives;
}

/** All attempts with the longest possible pauses between them: jitter only ever shortens a pause. */
function longestSchedule(retry: RetrySettings, timeoutSeconds: number): number {
  let total = retry.maxAttempts * timeoutSeconds;
  for (let attempt = 1; attempt < retry.maxAttempts; attempt++) {
    total += Math.min(retry.capSeconds, retry.baseSeconds * 2 ** (attempt - 1));
  }
  return total;
}

/** A broken promise: which config value to change, what it is, and what it must be. */
export interface TimingProblem {
  readonly key: string;
  readonly value: number | string;
  readonly mustBe: string;
}

/** What a config can get wrong although each of its values is allowed by itself; empty for a sound route. */
export function timingProblems({ retry, longestScheduleSeconds, dedupeSeconds }: RouteTimings): TimingProblem[] {
  const problems: TimingProblem[] = [];
  if (retry.baseSeconds > retry.capSeconds) {
    problems.push({
      key: 'retry.baseSeconds',
      value: retry.baseSeconds,
      mustBe: `at most retry.capSeconds (${retry.capSeconds})`,
    });
  }
  if (longestScheduleSeconds >= queueRetentionSeconds) {
    problems.push({
      key: 'retry',
      value: `${longestScheduleSeconds} s in all`,
      mustBe: `a schedule under ${queueRetentionSeconds} s in all, because SQS deletes the message then; lower maxAttempts or capSeconds`,
    });
  }
  const evidenceSeconds = deadLetterRetentionSeconds + queueRetentionSeconds;
  if (dedupeSeconds <= evidenceSeconds) {
    problems.push({
      key: 'dedupeDays',
      value: dedupeSeconds / daySeconds,
      mustBe: `over ${evidenceSeconds / daySeconds}: a dead letter lives ${deadLetterRetentionSeconds / daySeconds} days, and a redriven one ${queueRetentionSeconds / daySeconds} more`,
    });
  }
  return problems;
}
