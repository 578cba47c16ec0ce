import type { BreakerSettings } from '../../lambdas/contract/breaker-settings.ts';
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

/**
 * How long an offloaded body is kept: longer than its event can be on the queue (once more than its retention, because
 * a message that only waits is put there anew), then in the dead letter queue, and after a redrive on the queue again.
 */
export const payloadLifeSeconds = 45 * daySeconds;

/**
 * How long before SQS deletes a dead letter the alarm `DeadLettersExpiring` is raised: who reads mail on working days only
 * is told on a Friday, at the latest, of what is gone on Monday. `DlqNotEmpty` has been in alarm since it arrived.
 */
export const deadLetterWarningSeconds = 3 * daySeconds;

/**
 * The age from which on the oldest event of a paused route is an alarm. None is older than three days when a pause begins,
 * and after half the retention the queue is emptied: two hours later it holds nothing that old, or the emptying does not
 * work, and ten hours are left before SQS deletes.
 */
export const pausedEventTooOldSeconds = queueRetentionSeconds - 10 * 3_600;

/** How long the copy is kept that a paused destination is tried with: its original may be gone from the queue then. */
export const trialLifeSeconds = 2 * queueRetentionSeconds;

/** EventBridge's shortest rate. */
export const tickSeconds = 60;

/**
 * How often it is looked how long dead letters have left: four times in each hour that the alarm goes by, so that one look
 * may fail.
 */
export const peekSeconds = 15 * 60;

/** What a look at one dead letter queue may take: 15 s of looking (lambdas/peeker/find-oldest.ts), calls and giving back. */
const longestPeekSeconds = 25;

/** Lambda's longest. */
const longestTimeoutSeconds = 900;

/** One route is looked at after another, in one run. */
export function peekTimeoutSeconds(routes: number): number {
  return Math.min(longestTimeoutSeconds, 30 + routes * longestPeekSeconds);
}

/** When a route is paused, and how it comes back: see lambdas/breaker. */
export const breakerSettings: BreakerSettings = {
  windowSeconds: 60,
  minimumAttempts: 20,
  // Tested after each report, so that at one half a destination that fails two times in five would be paused by chance.
  failureRatio: 0.7,
  // A long outage may cost an event of a quiet route as many receives, or one more.
  streakLength: 3,
  streakSeconds: 8,
  pauseSeconds: 60,
  longestPauseSeconds: 900,
  longestHeldWaitSeconds: 30,
  // Longer than a tick and the time that Lambda takes to switch a mapping off.
  pausedHideSeconds: 180,
  trialHideSeconds: 21_600,
  tickSeconds,
};

/**
 * The scheduled function gives a processor the whole of its time for a trial. Where that is longer than the tick two
 * runs can overlap, which the lease of the event and the version of the state withstand.
 */
export function breakerTimeoutSeconds(processorTimeoutsSeconds: readonly number[]): number {
  return Math.max(tickSeconds - 5, ...processorTimeoutsSeconds.map((seconds) => seconds + breakerOverheadSeconds));
}

/** What the scheduled function needs around a trial. */
const breakerOverheadSeconds = 15;

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
  readonly renewAfterReceives: number;
  readonly longestScheduleSeconds: number;
  /** The age from which on the oldest event of a route that is not paused is an alarm. */
  readonly eventTooOldSeconds: number;
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
  const visibilityTimeoutSeconds = visibilityFactor * functionTimeoutSeconds;
  return {
    deliveryTimeoutSeconds: route.timeoutSeconds,
    functionTimeoutSeconds,
    leaseSeconds: functionTimeoutSeconds,
    visibilityTimeoutSeconds,
    maxReceiveCount: maxReceiveCount(route.retry.maxAttempts),
    renewAfterReceives: renewAfterReceives(route.retry.maxAttempts),
    longestScheduleSeconds: longestSchedule(route.retry, route.timeoutSeconds),
    eventTooOldSeconds: lateSeconds + visibilityTimeoutSeconds + pausesBefore(receivesInAge + 1, route.retry),
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

/** Receives that are left when a waiting message is put on its queue anew: enough for a row of crashes before that. */
const receivesBeforeRenewal = 16;

/** Receives from which on a message that only waits is put on its queue anew, so that waiting is never its end. */
export function renewAfterReceives(maxAttempts: number): number {
  return maxReceiveCount(maxAttempts) - receivesBeforeRenewal;
}

/** What an event may be late on top of what its first retries, and one crash of its processor, can take. */
const lateSeconds = 15 * 60;

/**
 * SQS leaves a message that was received so often out of the age of a queue's oldest one (SQS Developer Guide, "Available
 * CloudWatch metrics for Amazon SQS"): later retries cannot be seen in it, and need not be, for they end by themselves.
 */
const receivesInAge = 3;

/** All attempts with the longest possible pauses between them. */
function longestSchedule(retry: RetrySettings, timeoutSeconds: number): number {
  return retry.maxAttempts * timeoutSeconds + pausesBefore(retry.maxAttempts, retry);
}

/** The pauses before an attempt, at their longest: jitter only ever shortens one. */
function pausesBefore(attempt: number, { baseSeconds, capSeconds }: RetrySettings): number {
  let total = 0;
  for (let failed = 1; failed < attempt; failed++) total += Math.min(capSeconds, baseSeconds * 2 ** (failed - 1));
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
