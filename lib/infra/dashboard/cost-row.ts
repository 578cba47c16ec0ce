import { Duration } from 'aws-cdk-lib';
import { type IMetric, type IWidget, MathExpression, SingleValueWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { priceList, prices } from '../../cost/price-list.ts';
import type { NodeFunction } from '../node-function.ts';
import { routeMetric } from '../relay-metrics.ts';
import type { DashboardProps } from './dashboard.ts';
import { fullWidth, graph } from './layout.ts';

const period = Duration.hours(1);
const sum = { period, statistic: 'Sum' };

/**
 * What the relay's requests cost: counts of CloudWatch times list prices. What costs the same whether or not an event
 * comes (secrets, alarms, this dashboard) and what no metric counts (bytes of logs and of storage) is not in it.
 */
export function costRow(props: Omit<DashboardProps, 'alarms'>): readonly IWidget[] {
  const services = [apiGateway(props), lambda(props), sqs(props), dynamodb(props), s3(props)];
  return [
    graph(2, {
      title: `Requests × list price, USD an hour (${priceList.region}, ${priceList.asOf})`,
      left: services,
      stacked: true,
    }),
    new SingleValueWidget({
      title: 'The same over the time that is shown, USD',
      metrics: services,
      width: fullWidth / 2,
      height: 6,
      setPeriodToTimeRange: true,
      fullPrecision: true,
    }),
  ];
}

function apiGateway({ ingest }: Pick<DashboardProps, 'ingest'>): IMetric {
  return total('API Gateway', [{ metric: ingest.api.metricCount(sum), usd: prices.httpApiRequests }]);
}

function lambda({ ingest, routes, scheduled }: Pick<DashboardProps, 'ingest' | 'routes' | 'scheduled'>): IMetric {
  const functions = [ingest.function, ...routes.map(({ processor }) => processor), ...scheduled];
  return total(
    'Lambda',
    functions.flatMap((fn) => [
      { metric: fn.metricInvocations(sum), usd: prices.lambdaRequests },
      { metric: fn.metricDuration(sum), usd: usdOfMillisecond(fn) },
    ]),
  );
}

function usdOfMillisecond({ memoryMegabytes }: NodeFunction): number {
  return (memoryMegabytes / 1_024 / 1_000) * prices.lambdaGbSeconds;
}

/** SQS counts messages and bills calls, which carry up to ten: this is what it costs at most. */
function sqs({ routes }: Pick<DashboardProps, 'routes'>): IMetric {
  const messages = (queue: Queue) => [
    queue.metricNumberOfMessagesSent(sum),
    queue.metricNumberOfMessagesReceived(sum),
    queue.metricNumberOfMessagesDeleted(sum),
    queue.metricNumberOfEmptyReceives(sum),
  ];
  const metrics = routes.flatMap(({ queue, deadLetterQueue }) => [...messages(queue), ...messages(deadLetterQueue)]);
  return total(
    'SQS, at most',
    metrics.map((metric) => ({ metric, usd: prices.sqsRequests })),
  );
}

function dynamodb({ deliveries: { table } }: Pick<DashboardProps, 'deliveries'>): IMetric {
  return total('DynamoDB', [
    { metric: table.metricConsumedWriteCapacityUnits(sum), usd: prices.dynamoWriteUnits },
    { metric: table.metricConsumedReadCapacityUnits(sum), usd: prices.dynamoReadUnits },
  ]);
}

function s3({ routes }: Pick<DashboardProps, 'routes'>): IMetric {
  return total(
    'S3, of events',
    routes.flatMap((route) => [
      { metric: routeMetric(route, 'offloaded', sum), usd: prices.s3Puts + prices.s3Gets },
      { metric: routeMetric(route, 'spilled', sum), usd: prices.s3Puts + prices.s3Gets },
    ]),
  );
}

/**
 * A metric that has no data counts for nothing; without FILL it would take all others with it. What costs the same is
 * added up before it is multiplied: CloudWatch takes 2,048 characters, and many routes have many metrics.
 */
function total(label: string, parts: readonly { readonly metric: IMetric; readonly usd: number }[]): IMetric {
  const prefix = label.toLowerCase().replace(/[^a-z0-9].*$/, '');
  const named = parts.map((part, index) => ({ ...part, id: `${prefix}${index}` }));
  const terms = [...Map.groupBy(named, ({ usd }) => usd)].map(
    ([usd, alike]) => `(${alike.map(({ id }) => `FILL(${id},0)`).join('+')}) * ${usd.toFixed(15).replace(/0+$/, '')}`,
  );
  return new MathExpression({
    expression: terms.join(' + '),
    label,
    period,
    usingMetrics: Object.fromEntries(named.map(({ id, metric }) => [id, metric])),
  });
}
