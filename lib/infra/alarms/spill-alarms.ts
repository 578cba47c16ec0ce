import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { NodeFunction } from '../node-function.ts';
import { routeMetric } from '../relay-metrics.ts';
import type { Route } from '../route.ts';
import { tickSeconds } from '../timings.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { functionLink } from './console-links.ts';

export function spillNotEmpty(route: Route, sweeper: NodeFunction): AlarmDefinition {
  return {
    about: route,
    heading: 'SpillNotEmpty',
    impact: `Accepted webhooks of route ${route.name} are late: its queue did not take them, and they lie in the payload bucket.`,
    metric: routeMetric(route, 'spillWaiting', { period: Duration.seconds(tickSeconds), statistic: 'Maximum' }),
    breaching: { atLeast: 1 },
    // What SQS did not take for a moment is on its queue after the next sweep or the one after that.
    periods: { bad: 5, of: 5 },
    // The sweeper did not look: what it saw last is the best there is. `SweeperNotRunning` tells of that.
    missingData: TreatMissingData.IGNORE,
    lookAt: functionLink(sweeper),
  };
}
