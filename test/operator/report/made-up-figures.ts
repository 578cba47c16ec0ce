import type { Figures, Series } from '../../../lib/operator/report/figures.ts';
import { readFigures } from '../../../lib/operator/report/read-figures.ts';
import { type MetricQuery, metricQueries } from '../../../lib/operator/report/route-metrics.ts';
import { periodStarts, windowOf } from '../../../lib/operator/report/time-window.ts';

/** 14:03 UTC of a Wednesday. */
export const nowMs = Date.UTC(2026, 10, 25, 14, 3);

/**
 * What a test wants to see in one route, by the metric's name, or by `Metric:statistic` or `Metric:third dimension`; of a
 * queue by `Metric:events` or `Metric:dead`, with or without `:statistic`.
 */
export type MadeUp = Readonly<Record<string, (index: number, of: number) => number | undefined>>;

/** Figures of a day, read through the same core as those of CloudWatch. Metrics that are not made up have no data. */
export function madeUpFigures(routes: Readonly<Record<string, MadeUp>>, hours = 24): Promise<Figures> {
  const window = windowOf(hours, nowMs);
  const starts = periodStarts(window);
  const relay = {
    description: 'stack GenesysWebhookRelay in eu-west-2',
    flags: '--region eu-west-2',
    stackName: 'GenesysWebhookRelay',
    routes: Object.keys(routes).map((name) => ({
      name,
      queueUrl: `https://sqs/1/${name}-events`,
      deadLetterQueueUrl: `https://sqs/1/${name}-dead`,
    })),
  };
  return readFigures(relay, window, async (queries) =>
    queries.map((query) => {
      const valueAt = valuesOf(query, routes);
      const points = starts.flatMap((startMs, index) => {
        const value = valueAt?.(index, starts.length);
        return value === undefined ? [] : [[startMs, value] as const];
      });
      return new Map(points);
    }),
  );
}

function valuesOf({ name, statistic, dimensions }: MetricQuery, routes: Readonly<Record<string, MadeUp>>) {
  const { service: _, route, QueueName: queue, ...third } = dimensions;
  const [kind] = Object.values(third);
  const [ofQueue, half] = /^(.*)-(events|dead)$/.exec(queue ?? '')?.slice(1) ?? [];
  const made = routes[route ?? ofQueue ?? ''] ?? {};
  const shortName = half === undefined ? name : `${name}:${half}`;
  if (kind !== undefined) return made[`${name}:${kind}`];
  return made[`${shortName}:${statistic}`] ?? made[shortName] ?? made[`${name}:${statistic}`];
}

export type { Series };
export { metricQueries };

/** A hump over the day with some unrest in it, always the same. */
export function day(top: number, seed = 1): (index: number, of: number) => number {
  return (index, of) => {
    const hump = Math.max(0.04, Math.sin((index / of) * Math.PI) ** 2);
    const unrest = 0.8 + 0.4 * Math.abs(Math.sin((index + 1) * 12.9898 * seed) % 1);
    return Math.round(top * hump * unrest);
  };
}

const within = (from: number, to: number, index: number, of: number) => index >= from * of && index < to * of;

/** A route that is well. */
export const healthyRoute: MadeUp = {
  Accepted: day(900),
  Delivered: day(900),
  Duplicates: (index) => (index % 9 === 0 ? 2 : undefined),
  Retried: (index) => (index % 11 === 0 ? 3 : undefined),
  'Retried:5xx': (index) => (index % 22 === 0 ? 3 : undefined),
  'Retried:timeout': (index) => (index % 22 === 11 ? 3 : undefined),
  Offloaded: (index) => (index % 7 === 0 ? 4 : undefined),
  'IngestLatency:p50': (index) => 8 + (index % 5),
  'IngestLatency:p99': (index) => 38 + 30 * Math.abs(Math.sin(index)),
  'DeliveryLatency:p50': (index) => 92 + (index % 17),
  'DeliveryLatency:p99': (index) => 380 + 300 * Math.abs(Math.sin(index * 3)),
  'TimeToDelivery:p50': (index) => 130 + (index % 25),
  'TimeToDelivery:p99': (index) => 900 + 4_000 * Math.abs(Math.sin(index * 1.7)),
  BreakerOpen: () => 0,
  'ApproximateNumberOfMessagesVisible:events': (index) => (index % 6 === 0 ? 3 : 0),
  'ApproximateNumberOfMessagesNotVisible:events': (index) => 4 + (index % 5),
  'ApproximateAgeOfOldestMessage:events': (index) => 1 + (index % 4),
  'ApproximateNumberOfMessagesVisible:dead': () => 0,
  'ApproximateNumberOfMessagesNotVisible:dead': () => 0,
};

/** A route whose destination is down from noon on, and refuses some events before. */
export const hurtRoute: MadeUp = {
  ...healthyRoute,
  Accepted: day(400, 2),
  Delivered: (index, of) => (within(0.55, 0.8, index, of) ? undefined : day(400, 2)(index, of)),
  Refused: (index, of) => (within(0.1, 0.3, index, of) ? 6 : undefined),
  'Refused:signature-mismatch': (index, of) => (within(0.1, 0.3, index, of) ? 4 : undefined),
  'Refused:signature-missing': (index, of) => (within(0.1, 0.3, index, of) ? 2 : undefined),
  NotStored: (index) => (index === 60 ? 12 : undefined),
  Retried: (index, of) => (within(0.45, 0.55, index, of) ? 40 : index % 5 === 0 ? 4 : undefined),
  'Retried:5xx': (index, of) => (within(0.45, 0.55, index, of) ? 24 : undefined),
  'Retried:timeout': (index, of) => (within(0.45, 0.55, index, of) ? 10 : undefined),
  'Retried:network': (index, of) => (within(0.5, 0.55, index, of) ? 6 : undefined),
  'Retried:429': (index) => (index % 5 === 0 ? 4 : undefined),
  DeadLetters: (index) => (index % 12 === 3 ? 5 : undefined),
  'DeadLetters:rejected': (index) => (index % 12 === 3 ? 3 : undefined),
  'DeadLetters:attempts-exhausted': (index) => (index % 24 === 3 ? 2 : undefined),
  'DeadLetters:payload-missing': (index) => (index % 24 === 15 ? 2 : undefined),
  BreakerOpen: (index, of) => (within(0.55, 0.8, index, of) ? 1 : 0),
  'TimeToDelivery:p50': (index, of) =>
    within(0.55, 0.8, index, of) ? undefined : within(0.8, 0.9, index, of) ? 9_000_000 : 180,
  'TimeToDelivery:p99': (index, of) =>
    within(0.55, 0.8, index, of) ? undefined : within(0.8, 0.9, index, of) ? 21_000_000 : 2_400,
  'DeliveryLatency:p50': (index, of) => (within(0.55, 0.8, index, of) ? undefined : 120),
  'DeliveryLatency:p99': (index, of) =>
    within(0.55, 0.8, index, of) ? undefined : within(0.45, 0.55, index, of) ? 10_000 : 700,
  'ApproximateNumberOfMessagesVisible:events': (index, of) =>
    within(0.55, 0.8, index, of)
      ? (index - 0.55 * of) * 190
      : within(0.8, 0.9, index, of)
        ? (0.9 * of - index) * 400
        : 2,
  'ApproximateAgeOfOldestMessage:events': (index, of) =>
    within(0.55, 0.8, index, of)
      ? (index - 0.55 * of) * 600
      : within(0.8, 0.9, index, of)
        ? (0.9 * of - index) * 1_400
        : 3,
  'ApproximateNumberOfMessagesVisible:dead': (index) => Math.floor(index / 12) * 5,
};

/** A route that had one minute of traffic, and whose queues were idle for most of the day. */
export const quietRoute: MadeUp = {
  Accepted: (index) => (index === 70 ? 3 : undefined),
  Delivered: (index) => (index === 70 ? 3 : undefined),
  'IngestLatency:p50': (index) => (index === 70 ? 12 : undefined),
  'IngestLatency:p99': (index) => (index === 70 ? 30 : undefined),
  'DeliveryLatency:p50': (index) => (index === 70 ? 90 : undefined),
  'DeliveryLatency:p99': (index) => (index === 70 ? 95 : undefined),
  'TimeToDelivery:p50': (index) => (index === 70 ? 140 : undefined),
  'TimeToDelivery:p99': (index) => (index === 70 ? 150 : undefined),
  BreakerOpen: (index) => (index % 40 < 35 ? 0 : undefined),
  'ApproximateNumberOfMessagesVisible:events': (index) => (index > 60 && index < 110 ? 0 : undefined),
};
