import { longestVisibilitySeconds } from '../contract/aws-limits.ts';

/** Answers with which a destination may ask for a pause: Too Many Requests, Service Unavailable (RFC 9110, 10.2.3). */
const asking: ReadonlySet<number> = new Set([429, 503]);

/** A number beyond this is a moment and not a length: as seconds it would be 31 years. */
const firstEpochSeconds = 1e9;

/** A number beyond this is a moment in milliseconds. */
const firstEpochMilliseconds = 1e12;

/**
 * Until when a destination wants no further POST: its `Retry-After` (seconds or a date), else `RateLimit-Reset` or
 * `X-RateLimit-Reset` (seconds, or an epoch). What makes no sense is passed over, and so is a moment in the past. A wait
 * is never longer than 12 h, SQS's longest visibility timeout.
 *
 * @returns epoch ms; undefined when the answer asks for nothing
 */
export function askedWaitUntilMs(
  status: number,
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): number | undefined {
  if (!asking.has(status)) return undefined;
  const moments = [
    momentOfRetryAfter(headers['retry-after'], nowMs),
    momentOfReset(headers['ratelimit-reset'], nowMs),
    momentOfReset(headers['x-ratelimit-reset'], nowMs),
  ];
  const untilMs = moments.find((moment) => moment !== undefined && moment > nowMs);
  return untilMs === undefined ? undefined : Math.min(untilMs, nowMs + longestVisibilitySeconds * 1_000);
}

function momentOfRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const seconds = positiveNumber(value);
  if (seconds !== undefined) return nowMs + seconds * 1_000;
  // HTTP-dates end with GMT; Date.parse would take much else, `-5` and `12 apples` among it, for a date.
  const momentMs = /^[A-Za-z].*GMT$/.test(value.trim()) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(momentMs) ? undefined : momentMs;
}

function momentOfReset(value: string | undefined, nowMs: number): number | undefined {
  const number = value === undefined ? undefined : positiveNumber(value);
  if (number === undefined) return undefined;
  if (number >= firstEpochMilliseconds) return number;
  return number >= firstEpochSeconds ? number * 1_000 : nowMs + number * 1_000;
}

/** Digits with an optional fraction: GitHub and others send one now and then. */
function positiveNumber(value: string): number | undefined {
  const text = value.trim();
  return /^\d{1,15}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}
