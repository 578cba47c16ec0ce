import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { PartnerBusRule } from '../partner-bus-rule.ts';
import type { Route } from '../route.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { queueLink } from './console-links.ts';

export function busEventsLost(route: Route, bus: PartnerBusRule): AlarmDefinition {
  return {
    about: route,
    heading: 'BusEventsLost',
    impact: `Events of Genesys for route ${route.name} are lost for good: EventBridge could put them neither on its queue nor among its dead letters.`,
    metric: bus.metricLost({ period: Duration.minutes(5), statistic: 'Sum' }),
    breaching: { atLeast: 1 },
    // EventBridge publishes it only when it is not zero.
    missingData: TreatMissingData.NOT_BREACHING,
    // Whose policy does not let EventBridge in, most likely.
    lookAt: queueLink(route.deadLetterQueue),
  };
}
