/** What was published of one metric within one stretch of time. */
export interface Distribution {
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  /** How many values fell into each of the classes that {@link classOf} numbers. */
  readonly classes: Map<number, number>;
}

/** A class reaches this much higher than the one before: a percentile is right to within a tenth. */
const classWidth = 1.1;

export function emptyDistribution(): Distribution {
  const [minimum, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return { count: 0, sum: 0, minimum, maximum, classes: new Map() };
}

export function addValue(distribution: Distribution, value: number): void {
  distribution.count += 1;
  distribution.sum += value;
  distribution.minimum = Math.min(distribution.minimum, value);
  distribution.maximum = Math.max(distribution.maximum, value);
  const number = classOf(value);
  distribution.classes.set(number, (distribution.classes.get(number) ?? 0) + 1);
}

/** Adds everything of `from` to `into`. */
export function mergeDistribution(into: Distribution, from: Distribution): void {
  into.count += from.count;
  into.sum += from.sum;
  into.minimum = Math.min(into.minimum, from.minimum);
  into.maximum = Math.max(into.maximum, from.maximum);
  for (const [number, count] of from.classes) into.classes.set(number, (into.classes.get(number) ?? 0) + count);
}

/** Values up to 1, the zeros among them, are one class: nothing here is measured more finely. */
function classOf(value: number): number {
  return value <= 1 ? 0 : Math.ceil(Math.log(value) / Math.log(classWidth));
}

const percentilePattern = /^p(\d{1,2})$/;

/** A statistic by CloudWatch's name for it; undefined for one that is not kept. */
export function statisticOf(distribution: Distribution, name: string): number | undefined {
  const { count, sum, minimum, maximum } = distribution;
  switch (name) {
    case 'Sum':
      return sum;
    case 'SampleCount':
      return count;
    case 'Minimum':
      return minimum;
    case 'Maximum':
      return maximum;
    case 'Average':
      return sum / count;
    default: {
      const percent = percentilePattern.exec(name)?.[1];
      return percent === undefined ? undefined : percentile(distribution, Number(percent) / 100);
    }
  }
}

function percentile({ classes, count, minimum, maximum }: Distribution, share: number): number {
  const wanted = Math.ceil(share * count);
  let seen = 0;
  for (const number of [...classes.keys()].sort((one, other) => one - other)) {
    seen += classes.get(number) ?? 0;
    if (seen >= wanted) return Math.min(Math.max(classWidth ** number, minimum), maximum);
  }
  return maximum;
}
