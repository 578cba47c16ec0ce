import { Duration } from 'aws-cdk-lib';
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { routeMetric } from '../relay-metrics.ts';
import type { Route } from '../route.ts';
import { pausedEventTooOldSeconds, tickSeconds } from '../timings.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { functionLink, queueLink } from './console-links.ts';

const fiveMinutes = Duration.minutes(5);

export function breakerOpen(route: Route): AlarmDefinition {
  return {
    about: route,
    heading: 'BreakerOpen',
    impact: `Events of route ${route.name} are accepted and kept, but not delivered: its destination is down or refuses them all, or somebody paused the route.`,
    metric: routeMetric(route, 'breakerOpen', { statistic: 'Maximum', period: Duration.seconds(tickSeconds) }),
    breaching: { atLeast: 1 },
    // The scheduled function could not read the state: what was known last is the best there is.
    missingData: TreatMissingData.IGNORE,
    lookAt: queueLink(route.queue),
  };
}

/**
 * A paused route's events grow old because they are meant to: there the limit is the age that they can only have when the
 * queue is not emptied as it should be.
 */
export function oldestEventTooOld(route: Route): AlarmDefinition {
  const { queue, eventTooOldSeconds } = route;
  return {
    about: route,
    heading: 'OldestEventTooOld',
    impact: `Events of route ${route.name} arrive late: the oldest has waited for longer than retries or a pause explain, and SQS deletes it at the age of 7 days.`,
    metric: new MathExpression({
      expression: `IF(FILL(paused, 0) > 0, age / ${pausedEventTooOldSeconds}, age / ${eventTooOldSeconds})`,
      label: 'age of the oldest event, as a share of what is allowed',
      period: fiveMinutes,
      usingMetrics: {
        age: queue.metricApproximateAgeOfOldestMessage({ period: fiveMinutes, statistic: 'Maximum' }),
        paused: routeMetric(route, 'breakerOpen', { period: fiveMinutes, statistic: 'Maximum' }),
      },
    }),
    breaching: { atLeast: 1 },
    // A route that has just reopened has half an hour to work off what had to wait.
    periods: { bad: 6, of: 6 },
    // Nothing waits.
    missingData: TreatMissingData.NOT_BREACHING,
    lookAt: queueLink(queue),
  };
}

export function processorErrors(route: Route): AlarmDefinition {
  return {
    about: route,
    heading: 'ProcessorErrors',
    impact: `Events of route ${route.name} are late, and dead letters after some hours: the processor crashes on them or runs out of time.`,
    metric: route.processor.metricErrors({ period: fiveMinutes, statistic: 'Sum' }),
    breaching: { atLeast: 1 },
    // Once can be anything, and costs nothing. An event that kills its processor comes back within eight minutes.
    periods: { bad: 2, of: 6 },
    missingData: TreatMissingData.NOT_BREACHING,
    lookAt: functionLink(route.processor),
  };
}

export function processorThrottled(route: Route): AlarmDefinition {
  return {
    about: route,
    heading: 'ProcessorThrottled',
    impact: `Events of route ${route.name} are late: the account has no room left to run the processor.`,
    metric: route.processor.metricThrottles({ period: fiveMinutes, statistic: 'Sum' }),
    breaching: { atLeast: 1 },
    // Lambda tries again by itself; a peak that is over costs nothing but minutes.
    periods: { bad: 3, of: 3 },
    missingData: TreatMissingData.NOT_BREACHING,
    lookAt: functionLink(route.processor),
  };
}

/** Of the sender or the destination: ingest and processor publish it under the same name. */
export function secretsUnreadable(route: Route): AlarmDefinition {
  return {
    about: route,
    heading: 'SecretsUnreadable',
    impact: `Route ${route.name} is about to stand still: a secret cannot be read, and an hour after its last reading webhooks are answered 503 and events wait.`,
    metric: routeMetric(route, 'secretsUnreadable', { period: fiveMinutes, statistic: 'Sum' }),
    breaching: { atLeast: 1 },
    // A secret is kept for five minutes: one failure in two periods is an outage, two are what stays.
    periods: { bad: 2, of: 3 },
    missingData: TreatMissingData.NOT_BREACHING,
    lookAt: functionLink(route.processor),
  };
}
