/** Nearer than this a minute is too coarse: whoever is told to wait for a moment counts the seconds. */
const nearMs = 120_000;

/**
 * A moment as `14:05 UTC`, with its seconds if it is less than two minutes away, and with its date unless it is today's.
 * In UTC, as the times in the logs are.
 */
export function clockTime(atMs: number, nowMs: number): string {
  return written(atMs, nowMs, Math.abs(atMs - nowMs) < nearMs);
}

/** The same for the end of a wait, rounded up: a wait until 14:05:40 is not over at 14:05. */
export function clockTimeAfter(untilMs: number, nowMs: number): string {
  const isNear = untilMs - nowMs < nearMs;
  const unitMs = isNear ? 1_000 : 60_000;
  return written(Math.ceil(untilMs / unitMs) * unitMs, nowMs, isNear);
}

function written(atMs: number, nowMs: number, withSeconds: boolean): string {
  const at = new Date(atMs).toISOString();
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const date = at.slice(0, 10);
  const time = at.slice(11, withSeconds ? 19 : 16);
  return date === today ? `${time} UTC` : `${date} ${time} UTC`;
}
