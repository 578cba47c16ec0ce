const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Lengths of time that people count in, in milliseconds: about a power of ten apart. */
const landmarks = [1, 10, 100, 1_000, 10_000, minute, 10 * minute, hour, 10 * hour, 4 * day, 40 * day];

/**
 * Where lines go on a logarithmic scale of milliseconds: two of them at least, one at or below every value and one at or
 * above, and not more than five.
 */
export function timeLandmarks(values: readonly number[]): readonly number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const first = Math.max(
    0,
    landmarks.findLastIndex((landmark) => landmark <= least),
  );
  const above = landmarks.findIndex((landmark) => landmark >= most && landmark > (landmarks[first] ?? 1));
  const last = above === -1 ? landmarks.length - 1 : above;
  const step = Math.ceil((last - first) / 4);
  return landmarks.slice(first, last + 1).filter((_, index) => index % step === 0 || index === last - first);
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];

/** The distance between lines on a scale of seconds that begins at 0: three or four of them, at lengths that people count in. */
export function secondsStep(most: number): number {
  return steps.find((step) => most / step <= 4) ?? Math.ceil(most / 4 / 86_400) * 86_400;
}

/** Moments to name on the axis of time, and their names, in UTC. */
export interface TimeTicks {
  readonly moments: readonly number[];
  readonly label: (atMs: number) => string;
}

const tickStepsMs = [
  10_000,
  30_000,
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 4, 6, 12].map((hours) => hours * hour),
  ...[1, 2, 7, 14, 28, 56, 112].map((days) => days * day),
];

/** At most five moments, at times that people count in. A day's midnight is its date: the window may go over several. */
export function timeTicks(fromMs: number, untilMs: number): TimeTicks {
  const stepMs = tickStepsMs.find((step) => (untilMs - fromMs) / step <= 5.5) ?? 112 * day;
  const moments: number[] = [];
  for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs <= untilMs; atMs += stepMs) moments.push(atMs);
  return {
    moments,
    label: (atMs) => {
      const at = new Date(atMs).toISOString();
      if (stepMs >= day || (stepMs >= hour && atMs % day === 0)) return at.slice(5, 10);
      return at.slice(11, stepMs < minute ? 19 : 16);
    },
  };
}
