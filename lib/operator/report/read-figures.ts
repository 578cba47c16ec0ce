import type { Figures, Series } from './figures.ts';
import { type MeasuredRoute, type MetricQuery, mapMetrics, metricQueries } from './route-metrics.ts';
import { periodStarts, type TimeWindow } from './time-window.ts';

/** Answers many queries over one window: to each, in their order, its values by the beginning of their period in epoch ms. */
export type ReadMetrics = (
  queries: readonly MetricQuery[],
  window: TimeWindow,
) => Promise<readonly ReadonlyMap<number, number>[]>;

export interface MeasuredRelay {
  readonly description: string;
  readonly flags: string;
  readonly stackName: string;
  readonly routes: readonly MeasuredRoute[];
}

/** @throws OperatorError when the metrics cannot be read */
export async function readFigures(relay: MeasuredRelay, window: TimeWindow, read: ReadMetrics): Promise<Figures> {
  const queries: MetricQuery[] = [];
  const numbered = relay.routes.map((route) => ({
    route: route.name,
    metrics: mapMetrics(metricQueries(route, relay.stackName), (query) => queries.push(query) - 1),
  }));
  const answers = await read(queries, window);
  const starts = periodStarts(window);
  const seriesAt = (number: number): Series => starts.map((startMs) => answers[number]?.get(startMs));
  return {
    relay: relay.description,
    flags: relay.flags,
    window,
    routes: numbered.map(({ route, metrics }) => ({ route, metrics: mapMetrics(metrics, seriesAt) })),
  };
}
