import { functionMegabytes } from '../infra/function-memory.ts';
import { type BillLine, billLine } from './bill-line.ts';
import { prices } from './price-list.ts';

/** What the stack has of each: a test counts them in the template. */
export const stackParts = {
  /** With `verify` and `deliverTo.sign`. */
  secretsPerRoute: 2,
  /** An alarm costs as much for each metric that it is worked out from. */
  alarmMetrics: 6,
  alarmMetricsPerRoute: 14,
  compositeAlarms: 2,
  compositeAlarmsPerRoute: 1,
  dashboards: 1,
  /** Runs of the scheduled functions in an hour: breaker and sweeper each minute, peeker four times. */
  scheduledRunsPerHour: 60 + 60 + 4,
} as const;

/**
 * Those that a route has in a month without trouble: Accepted, IngestLatency, Delivered, DeliveryLatency, TimeToDelivery,
 * BreakerOpen and SpillWaiting. Each kind of trouble is one or two more.
 */
const metricsPerRoute = 7;

const hoursPerMonth = 30 * 24;
const minutesPerMonth = 60 * hoursPerMonth;

/** Lambda polls an empty queue with five pollers, each for 20 s. */
const emptyReceivesPerMinute = 5 * 3;

/** A scheduled function's run, which takes 200 ms. All have the same memory. */
const scheduledGbSeconds = (functionMegabytes.breaker / 1_024) * 0.2;

/** What is billed each month, whether or not an event comes. */
export function billMonth(routes: number): readonly BillLine[] {
  const runs = stackParts.scheduledRunsPerHour * hoursPerMonth;
  return [
    billLine('secrets', stackParts.secretsPerRoute * routes, prices.secrets),
    billLine('metrics of alarms', stackParts.alarmMetrics + stackParts.alarmMetricsPerRoute * routes, prices.alarms),
    billLine(
      'composite alarms',
      stackParts.compositeAlarms + stackParts.compositeAlarmsPerRoute * routes,
      prices.compositeAlarms,
    ),
    billLine('dashboard', stackParts.dashboards, prices.dashboards),
    billLine('custom metrics with values', metricsPerRoute * routes, prices.customMetrics),
    billLine('receives of empty queues', emptyReceivesPerMinute * minutesPerMonth * routes, prices.sqsRequests),
    billLine('scheduled functions: invocations', runs, prices.lambdaRequests),
    billLine('scheduled functions: GB-seconds', runs * scheduledGbSeconds, prices.lambdaGbSeconds),
    billLine('looks for spilled webhooks', minutesPerMonth, prices.s3Puts),
    billLine('looks at breakers', minutesPerMonth * routes, prices.dynamoReadUnits),
  ];
}
