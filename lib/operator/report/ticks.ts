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
