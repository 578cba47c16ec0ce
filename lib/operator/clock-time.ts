/** A moment as `14:05 UTC`, with its date unless it is today's. In UTC, as the times in the logs are. */
export function clockTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs).toISOString();
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const [date, time] = [at.slice(0, 10), at.slice(11, 16)];
  return date === today ? `${time} UTC` : `${date} ${time} UTC`;
}

/** The first full minute at which a wait is over: a wait until 14:05:40 is not over at 14:05. */
export function clockTimeAfter(untilMs: number, nowMs: number): string {
  const minuteMs = 60_000;
  return clockTime(Math.ceil(untilMs / minuteMs) * minuteMs, nowMs);
}
