import type { Run, Second } from './simulate-outage.ts';

/** The route at one moment. The rates are means of the ten seconds from then on. */
export interface Moment extends Pick<Second, 'atS' | 'phase' | 'visible' | 'inFlight'> {
  readonly postRate: number;
  readonly deliveryRate: number;
}

const meanOverSeconds = 10;

/** Some ten moments that tell the story: shortly around both ends of the outage, and few in between. */
export function pickMoments({ scenario, course }: Run): readonly Moment[] {
  const { outageSeconds } = scenario;
  const [first, last] = [course.at(0), course.at(-1)];
  if (first === undefined || last === undefined) return [];
  const moments = new Set([
    -meanOverSeconds,
    0,
    60,
    Math.min(600, Math.floor(outageSeconds / 2)),
    outageSeconds,
    ...[60, 120, 180, 240, 300, 360].map((afterS) => outageSeconds + afterS),
    Math.floor((outageSeconds + last.atS) / 2),
    last.atS,
  ]);
  return [...moments]
    .toSorted((a, b) => a - b)
    .flatMap((atS) => {
      const [second, ...others] = course.slice(atS - first.atS, atS - first.atS + meanOverSeconds);
      return second === undefined ? [] : [momentOf(second, [second, ...others])];
    });
}

function momentOf({ atS, phase, visible, inFlight }: Second, seconds: readonly Second[]): Moment {
  const mean = (of: (second: Second) => number) =>
    seconds.reduce((sum, second) => sum + of(second), 0) / seconds.length;
  return {
    atS,
    phase,
    visible,
    inFlight,
    postRate: mean(({ posts }) => posts),
    deliveryRate: mean(({ delivered }) => delivered),
  };
}
