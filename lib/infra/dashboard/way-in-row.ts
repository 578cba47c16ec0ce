import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IngestEndpoint } from '../ingest-endpoint.ts';
import { graph, period } from './layout.ts';

/** All requests, whatever they asked for, and how the ingest function stood up to them. */
export function wayInRow(ingest: IngestEndpoint): readonly IWidget[] {
  const { api, function: fn } = ingest;
  const sum = { period, statistic: 'Sum' };
  return [
    graph(3, {
      title: 'Requests, and those answered with an error',
      left: [
        api.metricCount({ ...sum, label: 'all' }),
        api.metricClientError({ ...sum, label: '4xx' }),
        api.metricServerError({ ...sum, label: '5xx' }),
        ingest.metricRequestsThrottled({ ...sum, label: '429 of API Gateway' }),
      ],
    }),
    graph(3, {
      title: 'Ingest function',
      left: [
        fn.metricErrors({ ...sum, label: 'errors' }),
        fn.metricThrottles({ ...sum, label: 'throttled' }),
        fn.metric('ConcurrentExecutions', { period, statistic: 'Maximum', label: 'at once' }),
      ],
    }),
    graph(3, {
      title: 'Until the sender has its answer, ms',
      left: [
        api.metricLatency({ period, statistic: 'p50', label: 'half of them' }),
        api.metricLatency({ period, statistic: 'p99', label: '99 in 100' }),
      ],
    }),
  ];
}
