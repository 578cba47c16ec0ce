import { type CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import { naming } from '../operator-error.ts';
import type { ReadMetrics } from './read-figures.ts';
import type { MetricQuery } from './route-metrics.ts';
import type { TimeWindow } from './time-window.ts';

/** The most that GetMetricData takes. */
const mostQueries = 500;

/** Metrics from CloudWatch, which bills a cent for a thousand of them; or from a local run, which answers as it does. */
export function cloudWatchMetrics(client: CloudWatchClient): ReadMetrics {
  return (queries, window) =>
    naming('read the metrics of the relay from CloudWatch', async () => {
      const answers = queries.map(() => new Map<number, number>());
      for (let start = 0; start < queries.length; start += mostQueries) {
        const batch = queries.slice(start, start + mostQueries);
        await readBatch(client, batch, window, answers.slice(start, start + mostQueries));
      }
      return answers;
    });
}

async function readBatch(
  client: CloudWatchClient,
  queries: readonly MetricQuery[],
  { fromMs, untilMs, periodSeconds }: TimeWindow,
  answers: readonly Map<number, number>[],
): Promise<void> {
  const pages = paginateGetMetricData(
    { client },
    {
      StartTime: new Date(fromMs),
      EndTime: new Date(untilMs),
      MetricDataQueries: queries.map((query, index) => metricDataQuery(query, idOf(index), periodSeconds)),
    },
  );
  const byId = new Map(answers.map((answer, index) => [idOf(index), answer]));
  for await (const { MetricDataResults = [] } of pages) {
    for (const { Id = '', Timestamps = [], Values = [] } of MetricDataResults) {
      for (const [index, timestamp] of Timestamps.entries()) {
        byId.get(Id)?.set(timestamp.getTime(), Values[index] ?? 0);
      }
    }
  }
}

/** An id begins with a small letter. */
function idOf(index: number): string {
  return `m${index}`;
}

function metricDataQuery(query: MetricQuery, Id: string, Period: number): MetricDataQuery {
  return {
    Id,
    MetricStat: {
      Metric: {
        Namespace: query.namespace,
        MetricName: query.name,
        Dimensions: Object.entries(query.dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period,
      Stat: query.statistic,
    },
  };
}
