/** The time that a report is about, cut into periods of one length. */
export interface TimeWindow {
  readonly fromMs: number;
  /** Exclusive. The last period is not over yet. */
  readonly untilMs: number;
  readonly periodSeconds: number;
}

/** As CloudWatch takes them: below a minute only what is kept that finely, and everything else a multiple of it. */
const periodsSeconds = [10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];

/** A plot has room for about so many bars on a phone. */
const mostPeriods = 150;

const hourSeconds = 3_600;
const daySeconds = 86_400;

/** CloudWatch keeps minutes for 15 days, five minutes for 63, and hours for 455. */
const kept: readonly (readonly [withinSeconds: number, leastPeriodSeconds: number])[] = [
  [15 * daySeconds, 60],
  [63 * daySeconds, 300],
  [Number.POSITIVE_INFINITY, hourSeconds],
];

/** A run that has just begun gets an axis all the same. */
const shortestRunSeconds = 60;

/** As far back as CloudWatch has anything. */
export const longestHours = 455 * 24;

/**
 * The last hours, in periods that are short enough to show something and few enough to be drawn. It begins and ends
 * with a whole period.
 *
 * @param runSince when a local run began: it is shown from there, and more finely than CloudWatch could
 */
export function windowOf(hours: number, nowMs: number, runSince?: number): TimeWindow {
  const wantedSeconds = hours * hourSeconds;
  const runSeconds = runSince === undefined ? Number.POSITIVE_INFINITY : Math.max(0, nowMs - runSince) / 1_000;
  const seconds = Math.min(wantedSeconds, Math.max(runSeconds, shortestRunSeconds));
  const [, leastKept = hourSeconds] = kept.find(([within]) => seconds <= within) ?? [];
  const least = runSince === undefined ? leastKept : 10;
  const periodSeconds =
    periodsSeconds.find((period) => period >= least && seconds / period <= mostPeriods) ?? daySeconds;
  const periodMs = periodSeconds * 1_000;
  const untilMs = Math.ceil((nowMs + 1) / periodMs) * periodMs;
  const periods = Math.max(1, Math.ceil(seconds / periodSeconds));
  return { fromMs: untilMs - periods * periodMs, untilMs, periodSeconds };
}

/** The beginnings of its periods, in epoch ms. */
export function periodStarts({ fromMs, untilMs, periodSeconds }: TimeWindow): readonly number[] {
  const periodMs = periodSeconds * 1_000;
  return Array.from({ length: Math.round((untilMs - fromMs) / periodMs) }, (_, index) => fromMs + index * periodMs);
}
