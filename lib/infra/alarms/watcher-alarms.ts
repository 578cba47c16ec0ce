import { Duration } from 'aws-cdk-lib';
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { DeadLetterPeek } from '../dead-letter-peek.ts';
import type { NodeFunction } from '../node-function.ts';
import { type MetricKey, routeMetric } from '../relay-metrics.ts';
import type { Route } from '../route.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { functionLink } from './console-links.ts';

export function breakerNotRunning(route: Route, breaker: NodeFunction): AlarmDefinition {
  return {
    about: route,
    heading: 'BreakerNotRunning',
    impact: `Nobody looks after the breaker of route ${route.name}: it is not paused when its destination goes down, nor reopened when that is well again.`,
    ...signOfLife(route, 'breakerOpen'),
    lookAt: functionLink(breaker),
  };
}

export function sweeperNotRunning(route: Route, sweeper: NodeFunction): AlarmDefinition {
  return {
    about: route,
    heading: 'SweeperNotRunning',
    impact: `Nobody looks after spilled webhooks of route ${route.name}: if SQS does not take one, it stays in the payload bucket.`,
    ...signOfLife(route, 'spillWaiting'),
    lookAt: functionLink(sweeper),
  };
}

/**
 * Goes by what a function publishes of a route once a minute, after it was there: so a function that does not run, that
 * fails, and that fails for one route only are all seen. Without data, and only then, it is in alarm.
 *
 * A period without data is made a 0 here. As missing data it would count only once CloudWatch finds nothing older, for
 * which it looks back some periods more than it was told to: ten minutes would be half an hour.
 */
function signOfLife(
  route: Route,
  key: MetricKey,
): Pick<AlarmDefinition, 'metric' | 'breaching' | 'periods' | 'missingData'> {
  const period = Duration.minutes(5);
  return {
    metric: new MathExpression({
      expression: 'FILL(signs, 0)',
      label: 'signs of life',
      period,
      usingMetrics: { signs: routeMetric(route, key, { period, statistic: 'SampleCount' }) },
    }),
    breaching: { below: 1 },
    periods: { bad: 2, of: 2 },
    missingData: TreatMissingData.BREACHING,
  };
}

/** The look publishes nothing of a route without dead letters: here a run that did not fail is the sign of life. */
export function peekNotRunning(peek: DeadLetterPeek): AlarmDefinition {
  const period = Duration.hours(1);
  return {
    about: peek,
    heading: 'PeekNotRunning',
    impact: 'Nobody looks how long dead letters have left: they could be deleted without a warning.',
    metric: new MathExpression({
      expression: 'FILL(runs, 0) - FILL(failures, 0)',
      label: 'runs that did not fail',
      period,
      usingMetrics: {
        runs: peek.function.metricInvocations({ period, statistic: 'Sum' }),
        failures: peek.function.metricErrors({ period, statistic: 'Sum' }),
      },
    }),
    breaching: { below: 1 },
    periods: { bad: 2, of: 2 },
    missingData: TreatMissingData.BREACHING,
    lookAt: functionLink(peek.function),
  };
}
