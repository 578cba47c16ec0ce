import type { RouteMetrics } from './route-metrics.ts';
import type { TimeWindow } from './time-window.ts';

/** A value for each period of the window; undefined where nothing was published. */
export type Series = readonly (number | undefined)[];

export interface RouteFigures {
  readonly route: string;
  readonly metrics: RouteMetrics<Series>;
}

/** What a report is drawn from. */
export interface Figures {
  /** As in "the local relay at http://127.0.0.1:3000". */
  readonly relay: string;
  /** The options that lead a command to it. */
  readonly flags: string;
  readonly window: TimeWindow;
  readonly routes: readonly RouteFigures[];
}

export function sumOf(series: Series): number {
  return series.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** A metric whose periods can be added up, as those of a percentile or of a queue cannot. */
export type CountMetric =
  | 'accepted'
  | 'offloaded'
  | 'spilled'
  | 'refused'
  | 'notStored'
  | 'delivered'
  | 'retried'
  | 'duplicates'
  | 'deadLetters';

/** Over the whole window, of all routes. */
export function totalOf({ routes }: Pick<Figures, 'routes'>, metric: CountMetric): number {
  return routes.reduce((sum, { metrics }) => sum + sumOf(metrics[metric]), 0);
}

/** Undefined for a series without a value. */
export function highestOf(series: Series): number | undefined {
  return series.reduce(
    (highest, value) => (value === undefined ? highest : Math.max(highest ?? value, value)),
    undefined,
  );
}

/** The last one that was published. */
export function latestOf(series: Series): number | undefined {
  return series.findLast((value) => value !== undefined);
}

/** Period by period; undefined only where neither has a value. */
export function added(one: Series, other: Series): Series {
  return one.map((value, index) => {
    const second = other[index];
    return value === undefined && second === undefined ? undefined : (value ?? 0) + (second ?? 0);
  });
}
