import { Duration } from 'aws-cdk-lib';
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IngestEndpoint } from '../ingest-endpoint.ts';
import { routeMetric } from '../relay-metrics.ts';
import type { Route } from '../route.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { functionLink } from './console-links.ts';

const period = Duration.minutes(5);

/** Genesys sends a webhook six times in half a minute, and then never again: at half of that somebody has to know. */
const halfOfGenesysAttempts = 3;

export function ingestServerErrors(ingest: IngestEndpoint): AlarmDefinition {
  return {
    about: ingest,
    heading: 'IngestServerErrors',
    impact: 'Webhooks are answered with a 5xx: Genesys tries each six times within half a minute, and then it is lost.',
    metric: ingest.api.metricServerError({ period, statistic: 'Sum' }),
    breaching: { atLeast: halfOfGenesysAttempts },
    missingData: TreatMissingData.NOT_BREACHING,
    lookAt: functionLink(ingest.function),
  };
}

export function ingestErrors(ingest: IngestEndpoint): AlarmDefinition {
  return {
    about: ingest,
    heading: 'IngestErrors',
    impact:
      'Webhooks get no answer of the relay: the ingest function crashes or runs out of time, and what Genesys has tried six times is lost.',
    metric: ingest.function.metricErrors({ period, statistic: 'Sum' }),
    breaching: { atLeast: halfOfGenesysAttempts },
    missingData: TreatMissingData.NOT_BREACHING,
    lookAt: functionLink(ingest.function),
  };
}

export function ingestThrottled(ingest: IngestEndpoint): AlarmDefinition {
  return {
    about: ingest,
    heading: 'IngestThrottled',
    impact: 'Webhooks are turned away because more come than are let in: what Genesys has tried six times is lost.',
    metric: new MathExpression({
      expression: 'FILL(requests, 0) + FILL(functions, 0)',
      label: 'requests turned away',
      period,
      usingMetrics: {
        requests: ingest.metricRequestsThrottled({ period, statistic: 'Sum' }),
        functions: ingest.function.metricThrottles({ period, statistic: 'Sum' }),
      },
    }),
    breaching: { atLeast: halfOfGenesysAttempts },
    missingData: TreatMissingData.NOT_BREACHING,
    lookAt: functionLink(ingest.function),
  };
}

/** Fewer are what strangers try with every public address. */
const leastRefused = 5;

/** Of all requests of the route. A sender whose secret does not match has 100, and strangers on a busy route have few. */
const refusedPercent = 20;

/** Goes by the share, so that it means the same for a route of ten webhooks an hour and for one of ten thousand. */
export function signaturesRefused(route: Route, ingest: IngestEndpoint): AlarmDefinition {
  const quarter = Duration.minutes(15);
  return {
    about: route,
    heading: 'SignaturesRefused',
    impact: `Requests to route ${route.name} are refused far more often than usual: if they are Genesys's, the webhooks are lost, because it does not repeat a 4xx.`,
    metric: new MathExpression({
      expression: `IF(refused >= ${leastRefused}, 100 * refused / (refused + FILL(accepted, 0)), 0)`,
      label: 'refused, in percent',
      period: quarter,
      usingMetrics: {
        refused: routeMetric(route, 'refused', { period: quarter, statistic: 'Sum' }),
        accepted: routeMetric(route, 'accepted', { period: quarter, statistic: 'Sum' }),
      },
    }),
    breaching: { atLeast: refusedPercent },
    // Nothing was refused.
    missingData: TreatMissingData.NOT_BREACHING,
    lookAt: functionLink(ingest.function),
  };
}
