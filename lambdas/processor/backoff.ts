import { longestVisibilitySeconds } from '../contract/aws-limits.ts';
import type { Random } from '../contract/ports.ts';
import type { RetrySettings } from '../contract/retry-settings.ts';

/**
 * Seconds until the next attempt: exponential with full jitter (AWS Architecture Blog, "Exponential Backoff And
 * Jitter"), a whole number from 1 to `capSeconds`. Without jitter all events of an outage come back in one wave.
 *
 * @param attempt the number of the attempt that just failed, from 1
 */
export function backoffSeconds(attempt: number, retry: RetrySettings, random: Random): number {
  const ceilingSeconds = Math.min(retry.capSeconds, retry.baseSeconds * 2 ** (attempt - 1));
  return Math.max(1, Math.ceil(random() * ceilingSeconds));
}

const faultBaseSeconds = 5;
const faultCapSeconds = 900;

/**
 * Seconds until a message is tried again after a fault of ours, when an AWS service could not be used. It has nothing
 * to do with the destination and its retry settings, and only half of it is jitter: each round costs a receive, and
 * the receives that a message has must last for hours.
 *
 * @param receiveCount how often the message has been received, from 1
 */
export function faultBackoffSeconds(receiveCount: number, random: Random): number {
  const ceilingSeconds = Math.min(faultCapSeconds, faultBaseSeconds * 2 ** (receiveCount - 1));
  return Math.ceil(ceilingSeconds / 2 + (random() * ceilingSeconds) / 2);
}

const longestSpreadSeconds = 60;

/**
 * Seconds until a message is tried again whose destination asked for a wait: the wait, and up to as much again but a
 * minute at most, because otherwise all that waited would come back in the same second.
 *
 * @param waitSeconds until the moment that the destination named; 0 or less for a moment that has passed
 */
export function spreadSeconds(waitSeconds: number, random: Random): number {
  const wait = Math.max(0, waitSeconds);
  return Math.ceil(wait + random() * Math.min(wait, longestSpreadSeconds));
}

/** SQS counts its 12 h from the receive; Lambda may have held the batch for a while before it called us. */
const receiveMarginSeconds = 60;

/** What is left of SQS's 12 h: asking for more is an error, and hides nothing. */
export function withinVisibilityLimit(seconds: number, invokedAtMs: number, nowMs: number): number {
  const passedSeconds = Math.ceil((nowMs - invokedAtMs) / 1_000);
  const leftSeconds = longestVisibilitySeconds - receiveMarginSeconds - passedSeconds;
  return Math.max(0, Math.min(seconds, leftSeconds));
}
