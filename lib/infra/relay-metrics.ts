import { type Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { metricDimensions, metricNames, metricNamespace } from '../../lambdas/contract/metric-names.ts';
import type { Route } from './route.ts';

export type MetricKey = keyof typeof metricNames;

export interface RouteMetricOptions {
  readonly period: Duration;
  /** `Sum`, `Maximum`, `p99` and the like. */
  readonly statistic: string;
  readonly label?: string;
}

/** What the functions publish of one route, all its reasons, classes and causes together. */
export function routeMetric(route: Route, key: MetricKey, options: RouteMetricOptions): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName: metricNames[key],
    dimensionsMap: {
      [metricDimensions.service]: Stack.of(route).stackName,
      [metricDimensions.route]: route.name,
    },
    ...options,
  });
}

/**
 * The same split by a third dimension, whatever values it has had: an expression for a dashboard, which no alarm can have.
 *
 * @param periodSeconds of each sum
 */
export function searchByDimension(
  route: Route,
  key: MetricKey,
  dimension: 'reason' | 'statusClass' | 'cause',
  periodSeconds: number,
): string {
  const { service, route: routeDimension } = metricDimensions;
  const schema = [metricNamespace, service, routeDimension, metricDimensions[dimension]].join(',');
  const found = [
    `MetricName="${metricNames[key]}"`,
    `${service}="${Stack.of(route).stackName}"`,
    `${routeDimension}="${route.name}"`,
  ];
  return `SEARCH('{${schema}} ${found.join(' ')}', 'Sum', ${periodSeconds})`;
}
