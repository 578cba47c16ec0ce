import { Duration } from 'aws-cdk-lib';
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { routeMetric } from '../relay-metrics.ts';
import type { Route } from '../route.ts';
import { deadLetterWarningSeconds } from '../timings.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { queueLink } from './console-links.ts';

export function deadLettersPresent(route: Route): AlarmDefinition {
  const period = Duration.minutes(1);
  const queue = route.deadLetterQueue;
  return {
    about: route,
    heading: 'DlqNotEmpty',
    impact: `Events of route ${route.name} could not be delivered and wait for somebody: they are gone after 14 days.`,
    // In-flight messages count, or an operator who looks into the queue would clear the alarm. The metric of messages
    // sent would not do: SQS does not count the ones that it moves to a dead letter queue itself.
    metric: new MathExpression({
      expression: 'visible + inFlight',
      label: 'dead letters',
      period,
      usingMetrics: {
        visible: queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
        inFlight: queue.metricApproximateNumberOfMessagesNotVisible({ period, statistic: 'Maximum' }),
      },
    }),
    breaching: { atLeast: 1 },
    // SQS publishes nothing for a queue that was idle for six hours: an empty dead letter queue has no data.
    missingData: TreatMissingData.NOT_BREACHING,
    lookAt: queueLink(queue),
  };
}

export function deadLettersExpiring(route: Route): AlarmDefinition {
  const warningHours = deadLetterWarningSeconds / 3_600;
  return {
    about: route,
    heading: 'DeadLettersExpiring',
    impact: `Events of route ${route.name} that nobody has redriven are deleted for good within ${warningHours} hours.`,
    // Four looks in an hour, of which one may find all messages in somebody's hands.
    metric: routeMetric(route, 'deadLetterHoursLeft', { statistic: 'Minimum', period: Duration.hours(1) }),
    breaching: { atMost: warningHours },
    // Published only while there is a dead letter.
    missingData: TreatMissingData.NOT_BREACHING,
    lookAt: queueLink(route.deadLetterQueue),
  };
}
