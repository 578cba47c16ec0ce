import { type IMetric, type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { PartnerBusRule } from '../partner-bus-rule.ts';
import { type MetricKey, routeMetric, searchByDimension } from '../relay-metrics.ts';
import type { Route } from '../route.ts';
import { graph, period } from './layout.ts';

/** What came of a route's webhooks, then what can be in their way; and what a bus has for it, where it has one. */
export function routeRows(route: Route): readonly (readonly IWidget[])[] {
  return [
    [fromAcceptedToDelivered(route), failuresByCause(route), retriesByClass(route), refusalsByReason(route)],
    [waiting(route), ages(route), latencies(route), breakerAndFaults(route)],
    ...(route.partnerBus === undefined ? [] : [[eventsOfBus(route.partnerBus), notQueued(route.partnerBus)]]),
  ];
}

function fromAcceptedToDelivered(route: Route): IWidget {
  return graph(4, {
    title: 'From accepted to delivered',
    left: [
      count(route, 'accepted', 'accepted'),
      count(route, 'delivered', 'delivered'),
      count(route, 'duplicates', 'duplicates'),
      count(route, 'deadLetters', 'dead letters'),
      count(route, 'offloaded', 'offloaded'),
      count(route, 'spilled', 'spilled'),
      count(route, 'notStored', 'answered 503'),
    ],
  });
}

function failuresByCause(route: Route): IWidget {
  return graph(4, {
    title: 'Dead letters by cause',
    stacked: true,
    left: [split(route, 'deadLetters', 'cause')],
  });
}

function retriesByClass(route: Route): IWidget {
  return graph(4, {
    title: 'Failed attempts that another follows',
    stacked: true,
    left: [split(route, 'retried', 'statusClass')],
  });
}

function refusalsByReason(route: Route): IWidget {
  return graph(4, {
    title: 'Refused by reason',
    stacked: true,
    left: [split(route, 'refused', 'reason')],
  });
}

function waiting({ queue, deadLetterQueue }: Route): IWidget {
  const most = { period, statistic: 'Maximum' };
  return graph(4, {
    title: 'Messages that wait',
    left: [
      queue.metricApproximateNumberOfMessagesVisible({ ...most, label: 'waiting' }),
      queue.metricApproximateNumberOfMessagesNotVisible({ ...most, label: 'in flight' }),
      deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...most, label: 'dead letters' }),
    ],
  });
}

function ages(route: Route): IWidget {
  return graph(4, {
    title: 'Age of the oldest event, s; hours that the oldest dead letter has left',
    left: [route.queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum', label: 'oldest event' })],
    // Not the age that SQS publishes of the dead letter queue: it leaves out what was looked at three times.
    right: [routeMetric(route, 'deadLetterHoursLeft', { period, statistic: 'Minimum', label: 'hours left' })],
    rightYAxis: { min: 0, showUnits: false },
  });
}

function latencies(route: Route): IWidget {
  const both = (key: MetricKey, label: string): IMetric[] => [
    routeMetric(route, key, { period, statistic: 'p50', label: `${label}, half of them` }),
    routeMetric(route, key, { period, statistic: 'p99', label: `${label}, 99 in 100` }),
  ];
  return graph(4, {
    title: 'Latencies, ms; receipt to delivery on the right',
    left: [...both('ingestLatency', 'ingest'), ...both('deliveryLatency', 'one POST')],
    right: both('timeToDelivery', 'receipt to delivery'),
    rightYAxis: { min: 0, showUnits: false },
  });
}

function breakerAndFaults(route: Route): IWidget {
  const { processor } = route;
  return graph(4, {
    title: 'Faults; on the right, whether the route is paused',
    left: [
      count(route, 'faults', 'faults'),
      count(route, 'secretsUnreadable', 'secrets unreadable'),
      processor.metricErrors({ period, statistic: 'Sum', label: 'processor crashed' }),
      processor.metricThrottles({ period, statistic: 'Sum', label: 'processor throttled' }),
      routeMetric(route, 'spillWaiting', { period, statistic: 'Maximum', label: 'in the spill' }),
    ],
    right: [routeMetric(route, 'breakerOpen', { period, statistic: 'Maximum', label: 'paused' })],
    rightYAxis: { min: 0, max: 1, showUnits: false },
  });
}

/** Those that the organisation sends and the route has no topic for are the difference. */
function eventsOfBus(bus: PartnerBusRule): IWidget {
  const sum = { period, statistic: 'Sum' };
  return graph(2, {
    title: 'Events of the bus',
    left: [
      bus.metricEventsOfSource({ ...sum, label: 'of the whole event source' }),
      bus.metricMatched({ ...sum, label: 'for this route' }),
    ],
  });
}

function notQueued(bus: PartnerBusRule): IWidget {
  const sum = { period, statistic: 'Sum' };
  return graph(2, {
    title: 'Events of the bus that EventBridge could not put on the queue',
    left: [bus.metricSentToDeadLetters({ ...sum, label: 'dead letters' }), bus.metricLost({ ...sum, label: 'lost' })],
  });
}

function count(route: Route, key: MetricKey, label: string): IMetric {
  return routeMetric(route, key, { period, statistic: 'Sum', label });
}

/** One line for each value of the dimension, named by it. */
function split(route: Route, key: MetricKey, dimension: 'reason' | 'statusClass' | 'cause'): IMetric {
  return new MathExpression({
    expression: searchByDimension(route, key, dimension, period.toSeconds()),
    label: `\${PROP('Dim.${dimension}')}`,
    usingMetrics: {},
    period,
  });
}
