/**
 * Every duration of the relay, and the order they must stand in. Each inequality of {@link timingProblems} is a
 * promise that something else relies on; they are tested, and checked at synth for values that come from the config.
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

/** Genesys gives up after 10 s; the answer has to be on its way before. */
export const ingestTimeoutSeconds = 9;

/** What the processor needs around a POST: claim, fetch of an offloaded body, dead letter, record. */
const processorOverheadSeconds = 15;

/** AWS asks for six times the function timeout (Lambda guide, "Using Lambda with Amazon SQS": visibility timeout). */
const visibilityFactor = 6;

/** SQS hides a message for at most 12 h, counted from its receive (ChangeMessageVisibility). */
export const longestVisibilitySeconds = 43_200;

/** SQS's limit for `maxReceiveCount`. */
const highestMaxReceiveCount = 1_000;

export interface RetrySettings {
  readonly maxAttempts: number;
  readonly baseSeconds: number;
  readonly capSeconds: number;
}

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
 * The guard against messages that crash the processor. Every retry by visibility is a receive too, as is every wait
 * for another copy's lease, so it must leave attempts room: twice the attempts, and ten crashes on top.
 */
function maxReceiveCount(maxAttempts: number): number {
  return 2 * maxAttempts + 10;
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

/** The inequalities that do not hold; empty for a sound route. */
export function timingProblems(timings: RouteTimings): TimingProblem[] {
  const { retry } = timings;
  const problems: TimingProblem[] = [];
  const demand = (holds: boolean, problem: TimingProblem) => {
    if (!holds) problems.push(problem);
  };
  const timeout = { key: 'deliverTo.timeoutSeconds', value: timings.deliveryTimeoutSeconds };
  demand(timings.deliveryTimeoutSeconds < timings.functionTimeoutSeconds, {
    ...timeout,
    mustBe: `shorter than the processor's ${timings.functionTimeoutSeconds} s`,
  });
  demand(timings.functionTimeoutSeconds <= timings.leaseSeconds, {
    ...timeout,
    mustBe: 'such that the lease outlives the processor',
  });
  demand(timings.leaseSeconds <= timings.visibilityTimeoutSeconds, {
    ...timeout,
    mustBe: 'such that a crashed message reappears only after its lease',
  });
  demand(timings.visibilityTimeoutSeconds >= visibilityFactor * timings.functionTimeoutSeconds, {
    ...timeout,
    mustBe: `such that the visibility timeout is ${visibilityFactor} × the processor's timeout`,
  });
  demand(timings.visibilityTimeoutSeconds <= longestVisibilitySeconds, {
    ...timeout,
    mustBe: `such that the visibility timeout stays within SQS's ${longestVisibilitySeconds} s`,
  });
  demand(retry.baseSeconds <= retry.capSeconds, {
    key: 'retry.baseSeconds',
    value: retry.baseSeconds,
    mustBe: `at most retry.capSeconds (${retry.capSeconds})`,
  });
  demand(timings.maxReceiveCount > retry.maxAttempts && timings.maxReceiveCount <= highestMaxReceiveCount, {
    key: 'retry.maxAttempts',
    value: retry.maxAttempts,
    mustBe: `at most ${(highestMaxReceiveCount - 10) / 2}, so that SQS's maxReceiveCount leaves them room`,
  });
  demand(timings.longestScheduleSeconds < queueRetentionSeconds, {
    key: 'retry',
    value: `${timings.longestScheduleSeconds} s in all`,
    mustBe: `a schedule under ${queueRetentionSeconds} s in all, because SQS deletes the message then; lower maxAttempts or capSeconds`,
  });
  const evidenceSeconds = deadLetterRetentionSeconds + queueRetentionSeconds;
  demand(timings.dedupeSeconds > evidenceSeconds, {
    key: 'dedupeDays',
    value: timings.dedupeSeconds / daySeconds,
    mustBe: `over ${evidenceSeconds / daySeconds}: a dead letter lives ${deadLetterRetentionSeconds / daySeconds} days, and a redriven one ${queueRetentionSeconds / daySeconds} more`,
  });
  return problems;
}
