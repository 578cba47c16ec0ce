import { type DeadLetterCause, deadLetterCauses } from '../../../lambdas/contract/errors.ts';
import {
  metricDimensions,
  metricNames,
  metricNamespace,
  type StatusClass,
  statusClasses,
} from '../../../lambdas/contract/metric-names.ts';
import type { RefusalReason } from '../../../lambdas/contract/step-log.ts';

/** What the report shows of one route, each metric once: as a question to CloudWatch, or as the answer to it. */
export interface RouteMetrics<Item> {
  readonly accepted: Item;
  readonly offloaded: Item;
  readonly spilled: Item;
  readonly refused: Item;
  readonly notStored: Item;
  readonly delivered: Item;
  readonly retried: Item;
  readonly duplicates: Item;
  readonly deadLetters: Item;
  readonly breakerOpen: Item;
  readonly ingestP50: Item;
  readonly ingestP99: Item;
  readonly deliveryP50: Item;
  readonly deliveryP99: Item;
  readonly timeToDeliveryP50: Item;
  readonly timeToDeliveryP99: Item;
  readonly waiting: Item;
  readonly inFlight: Item;
  /** Age of the oldest event on the queue, in seconds. */
  readonly oldestSeconds: Item;
  readonly deadVisible: Item;
  readonly deadInFlight: Item;
  readonly refusedBy: Readonly<Record<RefusalReason, Item>>;
  readonly retriedBy: Readonly<Record<StatusClass, Item>>;
  readonly deadLettersBy: Readonly<Record<DeadLetterCause, Item>>;
}

export type Statistic = 'Sum' | 'Minimum' | 'Maximum' | 'p50' | 'p99';

/** One series of one metric. */
export interface MetricQuery {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
}

/** Every reason is here, or this does not compile. Of an unknown route there is no row to show it in. */
const refusalReasons = Object.keys({
  'unknown-route': true,
  'empty-body': true,
  'source-not-allowed': true,
  'signature-missing': true,
  'signature-malformed': true,
  'signature-mismatch': true,
  'timestamp-outside-tolerance': true,
  'credential-missing': true,
  'credential-malformed': true,
  'credential-mismatch': true,
} satisfies Record<RefusalReason, true>) as RefusalReason[];

export interface MeasuredRoute {
  readonly name: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/** @param service the dimension of that name: the stack's name */
export function metricQueries(route: MeasuredRoute, service: string): RouteMetrics<MetricQuery> {
  const ours = (name: string, statistic: Statistic, third: Readonly<Record<string, string>> = {}): MetricQuery => ({
    namespace: metricNamespace,
    name,
    dimensions: { [metricDimensions.service]: service, [metricDimensions.route]: route.name, ...third },
    statistic,
  });
  const count = (name: string) => ours(name, 'Sum');
  const queue = (url: string, name: string, statistic: Statistic = 'Maximum'): MetricQuery => ({
    namespace: 'AWS/SQS',
    name,
    dimensions: { QueueName: url.split('/').at(-1) ?? '' },
    statistic,
  });
  const visible = 'ApproximateNumberOfMessagesVisible';
  const notVisible = 'ApproximateNumberOfMessagesNotVisible';
  return {
    accepted: count(metricNames.accepted),
    offloaded: count(metricNames.offloaded),
    spilled: count(metricNames.spilled),
    refused: count(metricNames.refused),
    notStored: count(metricNames.notStored),
    delivered: count(metricNames.delivered),
    retried: count(metricNames.retried),
    duplicates: count(metricNames.duplicates),
    deadLetters: count(metricNames.deadLetters),
    breakerOpen: ours(metricNames.breakerOpen, 'Maximum'),
    ingestP50: ours(metricNames.ingestLatency, 'p50'),
    ingestP99: ours(metricNames.ingestLatency, 'p99'),
    deliveryP50: ours(metricNames.deliveryLatency, 'p50'),
    deliveryP99: ours(metricNames.deliveryLatency, 'p99'),
    timeToDeliveryP50: ours(metricNames.timeToDelivery, 'p50'),
    timeToDeliveryP99: ours(metricNames.timeToDelivery, 'p99'),
    waiting: queue(route.queueUrl, visible),
    inFlight: queue(route.queueUrl, notVisible),
    oldestSeconds: queue(route.queueUrl, 'ApproximateAgeOfOldestMessage'),
    deadVisible: queue(route.deadLetterQueueUrl, visible),
    // Whoever looks at dead letters, as the relay does each quarter of an hour, has all of them in flight for a moment:
    // those of one minute would be added to the visible ones of another.
    deadInFlight: queue(route.deadLetterQueueUrl, notVisible, 'Minimum'),
    refusedBy: recordOf(refusalReasons, (reason) =>
      ours(metricNames.refused, 'Sum', { [metricDimensions.reason]: reason }),
    ),
    retriedBy: recordOf(statusClasses, (statusClass) =>
      ours(metricNames.retried, 'Sum', { [metricDimensions.statusClass]: statusClass }),
    ),
    deadLettersBy: recordOf(deadLetterCauses, (cause) =>
      ours(metricNames.deadLetters, 'Sum', { [metricDimensions.cause]: cause }),
    ),
  };
}

/** The same metrics with something else for each. */
export function mapMetrics<From, To>(metrics: RouteMetrics<From>, map: (item: From) => To): RouteMetrics<To> {
  const { refusedBy, retriedBy, deadLettersBy, ...single } = metrics;
  return {
    ...mapRecord(single, map),
    refusedBy: mapRecord(refusedBy, map),
    retriedBy: mapRecord(retriedBy, map),
    deadLettersBy: mapRecord(deadLettersBy, map),
  };
}

function mapRecord<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  map: (item: From) => To,
): Record<Key, To> {
  return recordOf(Object.keys(record) as Key[], (key) => map(record[key]));
}

function recordOf<Key extends string, Value>(keys: readonly Key[], make: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, Value>;
}
