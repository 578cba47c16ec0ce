import type { Random } from '../contract/ports.ts';

export interface RetrySettings {
  readonly maxAttempts: number;
  readonly baseSeconds: number;
  readonly capSeconds: number;
}

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

/** SQS hides a message for at most 12 h in all, counted from its receive (ChangeMessageVisibility). */
const longestHiddenMs = 43_200_000;

/** What is left of SQS's 12 h, less a margin for the call itself: asking for more is an error, and hides nothing. */
export function withinVisibilityLimit(seconds: number, receivedAtMs: number, nowMs: number): number {
  const leftSeconds = Math.floor((receivedAtMs + longestHiddenMs - nowMs) / 1_000) - 5;
  return Math.max(0, Math.min(seconds, leftSeconds));
}
