import * as z from 'zod';
import { type FunctionPlan, functionFinder } from './find-function.ts';
import { type HttpRoute, parseRouteKey } from './http-route.ts';
import { planSchedules, type SchedulePlan } from './plan-schedules.ts';
import { type NamedTemplate, notImitated, resolvedResources } from './resolved-resources.ts';
import { TemplateError } from './template-error.ts';

/** A queue whose messages go to a function. */
export interface EventSourcePlan {
  /** Of the event source mapping. */
  readonly id: string;
  readonly enabled: boolean;
  readonly queueArn: string;
  readonly function: FunctionPlan;
  readonly batchSize: number;
  /** Undefined for no limit. */
  readonly maximumConcurrency: number | undefined;
  readonly reportsItemFailures: boolean;
}

export interface HttpRoutePlan extends HttpRoute {
  readonly function: FunctionPlan;
}

export interface FunctionsPlan {
  readonly eventSources: readonly EventSourcePlan[];
  readonly httpRoutes: readonly HttpRoutePlan[];
  readonly schedules: readonly SchedulePlan[];
}

/** More than ten messages in a batch need a batching window, which the poller does not have. */
const largestBatch = 10;

const eventSourceSchema = z.object({
  EventSourceArn: z.string(),
  Enabled: z.boolean().default(true),
  FunctionName: z.string(),
  BatchSize: z.int().min(1).max(largestBatch).default(largestBatch),
  MaximumBatchingWindowInSeconds: z.literal(0).optional(),
  FilterCriteria: notImitated,
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: z.int() }).optional(),
});

const routeSchema = z.object({
  RouteKey: z.string(),
  Target: z.string().regex(/^integrations\//),
  AuthorizationType: z.literal('NONE').default('NONE'),
});

const integrationSchema = z.object({
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
});

/**
 * What calls which function. Functions that nothing calls here, such as those of custom resources, are left out.
 *
 * @param assemblyFolder where the bundles lie
 * @throws TemplateError for a trigger or function that the local run cannot serve
 */
export function planFunctions(named: NamedTemplate, assemblyFolder: string): FunctionsPlan {
  const functionOf = functionFinder(named, assemblyFolder);
  const integrations = new Map(
    resolvedResources(named, 'AWS::ApiGatewayV2::Integration', integrationSchema).map(({ logicalId, properties }) => [
      `integrations/${named.scope.ref(logicalId)}`,
      properties,
    ]),
  );
  return {
    eventSources: resolvedResources(named, 'AWS::Lambda::EventSourceMapping', eventSourceSchema).map(
      ({ logicalId, properties }) => ({
        id: String(named.scope.ref(logicalId)),
        enabled: properties.Enabled,
        queueArn: properties.EventSourceArn,
        function: functionOf(properties.FunctionName),
        batchSize: properties.BatchSize,
        maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency,
        reportsItemFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      }),
    ),
    httpRoutes: resolvedResources(named, 'AWS::ApiGatewayV2::Route', routeSchema).map(({ logicalId, properties }) => {
      const integration = integrations.get(properties.Target);
      if (integration === undefined) throw new TemplateError(`${logicalId} has no integration ${properties.Target}`);
      return { ...parseRouteKey(properties.RouteKey), function: functionOf(integration.IntegrationUri) };
    }),
    schedules: planSchedules(named, functionOf),
  };
}
