import type { Series } from './figures.ts';
import type { TimeWindow } from './time-window.ts';

/** A colour by its name in the page's style, which has a light and a dark value for each. */
export type Ink =
  | 'accepted'
  | 'delivered'
  | 'p50'
  | 'p99'
  | 'waiting'
  | 'dead'
  | 'age'
  | `kind-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10}`;

/** One series of a plot. */
export interface Mark {
  /**
   * `bar`: a count of one kind, upon those of other kinds. `area` and `step`: a count of everything; no value is none.
   * `line`: something measured; no value is a gap.
   */
  readonly shape: 'bar' | 'area' | 'step' | 'line';
  readonly name: string;
  readonly ink: Ink;
  readonly values: Series;
  /** What the legend says of it all, such as its sum. */
  readonly summary: string;
}

export interface Plot {
  /** Unique on the page, and fit for an HTML id. */
  readonly id: string;
  readonly title: string;
  /** `milliseconds` are drawn on a logarithmic scale: they reach from a fast answer to a retry of next morning. */
  readonly unit: 'count' | 'milliseconds' | 'seconds';
  readonly marks: readonly Mark[];
  /** Whether the route was paused in each period, to be shaded. */
  readonly paused: Series;
  readonly window: TimeWindow;
  /** Said where there is nothing to draw. */
  readonly ifEmpty: string;
}

/** Whether a plot has anything to show. A count that is nothing but zeros has not; an empty queue has a line at 0. */
export function isEmpty({ marks }: Plot): boolean {
  return marks.every(({ shape, values }) =>
    values.every((value) => value === undefined || (shape !== 'line' && value === 0)),
  );
}
