import type { BreakerSettings } from '../../lambdas/contract/breaker-settings.ts';
import type { RetrySettings } from '../../lambdas/contract/retry-settings.ts';
import { breakerSettings, routeTimings } from '../infra/timings.ts';

/** How long everything of a run takes, so many times faster than on AWS. */
export interface CompressedTime {
  readonly speed: number;
  /** How long the sender waits for an answer, and how long before it sends again: Genesys's 10 s and 5 s. */
  readonly sender: { readonly limitMs: number; readonly gapMs: number };
  readonly tickMs: number;
  readonly outageMs: Readonly<Record<'sqs' | 'dynamodb' | 'destination', number>>;
  /** How long after an event its copy is sent, at most. */
  readonly copyWithinMs: number;
  readonly deliveryTimeoutSeconds: number;
  readonly leaseSeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly retry: RetrySettings;
  readonly breaker: BreakerSettings;
}

/** The least that `deliverTo.timeoutSeconds` can be. */
const deliveryTimeoutSeconds = 1;

/**
 * What the relay waits for AWS is not compressed: it gives SQS up after 2 s here as there, and only then spills. A sender
 * that waited for less would never hear of it.
 */
const shortestSenderLimitMs = 3_000;

/** The owner of a lease may have to wait for DynamoDB twice, before and after its POST, on a machine that is busy. */
const leaseSeconds = 10;

/** More than the function's timeout, as on AWS; there six times as much. */
const visibilityMarginSeconds = 4;

/** So many that an event of a destination that fails 3 of 10 attempts does not run out of them in all eternity. */
const maxAttempts = 20;

/** @param speed how many times faster than on AWS; 1 or more */
export function compressTime(speed: number): CompressedTime {
  // SQS, and so the relay, knows only whole seconds.
  const seconds = (real: number) => Math.max(1, Math.round(real / speed));
  const retry = { maxAttempts, baseSeconds: 1, capSeconds: 5 };
  const { functionTimeoutSeconds } = routeTimings({ timeoutSeconds: deliveryTimeoutSeconds, retry, dedupeDays: 30 });
  const tickSeconds = breakerSettings.tickSeconds / speed;
  return {
    speed,
    sender: { limitMs: Math.max(shortestSenderLimitMs, 10_000 / speed), gapMs: 5_000 / speed },
    tickMs: tickSeconds * 1_000,
    outageMs: { sqs: 60_000 / speed, dynamodb: 60_000 / speed, destination: 180_000 / speed },
    copyWithinMs: 30_000 / speed,
    deliveryTimeoutSeconds,
    leaseSeconds,
    visibilityTimeoutSeconds: functionTimeoutSeconds + visibilityMarginSeconds,
    retry,
    breaker: {
      ...breakerSettings,
      windowSeconds: seconds(breakerSettings.windowSeconds),
      streakSeconds: seconds(breakerSettings.streakSeconds),
      pauseSeconds: seconds(breakerSettings.pauseSeconds),
      longestPauseSeconds: seconds(breakerSettings.longestPauseSeconds),
      longestHeldWaitSeconds: seconds(breakerSettings.longestHeldWaitSeconds),
      pausedHideSeconds: seconds(breakerSettings.pausedHideSeconds),
      // Not hours, however compressed: a run ends when its queue is dry.
      trialHideSeconds: seconds(2 * breakerSettings.pausedHideSeconds),
      tickSeconds,
    },
  };
}
