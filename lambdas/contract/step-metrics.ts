import { type metricDimensions, metricNames } from './metric-names.ts';
import type { Step } from './step-log.ts';

/** One value of a metric of the step's route. */
export interface StepMetric {
  readonly name: (typeof metricNames)[keyof typeof metricNames];
  readonly unit: 'Count' | 'Milliseconds' | 'None';
  readonly value: number;
  /** A dimension of its own beside service and route: the value counts without it, and with it. */
  readonly by?: OwnDimension;
}

/** One of those that `metric-names.ts` knows, which is a field of the step as well, and its value. */
export type OwnDimension = Readonly<
  Partial<Record<Exclude<keyof typeof metricDimensions, 'service' | 'route'>, string>>
>;

/** What a step counts for. None for a step that only tells where an event is. */
export function metricsOf(step: Step): readonly StepMetric[] {
  switch (step.step) {
    case 'accepted':
      return [one('accepted'), milliseconds('ingestLatency', step.tookMs)];
    case 'spilled':
      // The sender has its 200, and never learns that SQS was down.
      return [one('accepted'), one('spilled'), milliseconds('ingestLatency', step.tookMs)];
    case 'offloaded':
      return [one('offloaded')];
    case 'refused':
      return [one('refused', { reason: step.reason })];
    case 'not-stored':
      return [one('notStored')];
    case 'delivered':
      return [
        one('delivered'),
        milliseconds('deliveryLatency', step.tookMs),
        milliseconds('timeToDelivery', step.sinceReceiptMs),
      ];
    case 'retrying':
      return [one('retried', { statusClass: step.statusClass }), milliseconds('deliveryLatency', step.tookMs)];
    case 'dead-letter': {
      const latency = step.tookMs === undefined ? [] : [milliseconds('deliveryLatency', step.tookMs)];
      return [one('deadLetters', { cause: step.cause }), ...latency];
    }
    case 'duplicate':
      return [one('duplicates')];
    case 'secret-unreadable':
      return [one('secretsUnreadable')];
    case 'fault':
      return [one('faults')];
    case 'waiting':
    case 'renewed':
    case 'swept':
    case 'trial':
    case 'breaker':
      return [];
  }
}

function one(metric: keyof typeof metricNames, by?: OwnDimension): StepMetric {
  const count = { name: metricNames[metric], unit: 'Count', value: 1 } as const;
  return by === undefined ? count : { ...count, by };
}

function milliseconds(metric: keyof typeof metricNames, value: number): StepMetric {
  return { name: metricNames[metric], unit: 'Milliseconds', value };
}
