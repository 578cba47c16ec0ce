import { join } from 'node:path';
import * as z from 'zod';
import { type HttpRoute, parseRouteKey } from './http-route.ts';
import { planSchedules, type SchedulePlan } from './plan-schedules.ts';
import { type NamedTemplate, notImitated, parseResolved, resolvedResources } from './resolved-resources.ts';
import { TemplateError } from './template-error.ts';

/** A function as its processes need it. */
export interface FunctionPlan {
  readonly name: string;
  readonly arn: string;
  /** The bundled module, and the export in it. */
  readonly modulePath: string;
  readonly exportName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

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

const functionSchema = z.object({
  Handler: z.string().regex(/^\w+\.\w+$/),
  /** CloudFormation's default. */
  Timeout: z.number().default(3),
  /** CloudFormation's default. */
  MemorySize: z.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).default({ Variables: {} }),
});

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

/** Finds functions by name or ARN, each as one and the same object, so that a function has one pool of processes. */
function functionFinder(named: NamedTemplate, assemblyFolder: string): (nameOrArn: string) => FunctionPlan {
  const { scope, template } = named;
  const found = new Map<string, FunctionPlan>();
  const logicalIds = new Map<string, string>();
  for (const [logicalId, { Type }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    logicalIds.set(String(scope.ref(logicalId)), logicalId);
    logicalIds.set(scope.attribute(logicalId, 'Arn'), logicalId);
  }
  return (nameOrArn) => {
    const logicalId = logicalIds.get(nameOrArn);
    if (logicalId === undefined) throw new TemplateError(`the template has no function ${nameOrArn}`);
    const plan = found.get(logicalId) ?? planFunction(named, logicalId, assemblyFolder);
    found.set(logicalId, plan);
    return plan;
  };
}

function planFunction({ template, scope }: NamedTemplate, logicalId: string, assemblyFolder: string): FunctionPlan {
  const resource = template.Resources[logicalId];
  const properties = parseResolved(resource?.Properties, scope, functionSchema, `function ${logicalId}`);
  const asset = resource?.Metadata['aws:asset:path'];
  if (typeof asset !== 'string') throw new TemplateError(`function ${logicalId} has no aws:asset:path in its metadata`);
  const [moduleName = '', exportName = ''] = properties.Handler.split('.');
  return {
    name: String(scope.ref(logicalId)),
    arn: scope.attribute(logicalId, 'Arn'),
    modulePath: join(assemblyFolder, asset, `${moduleName}.mjs`),
    exportName,
    environment: properties.Environment.Variables,
    timeoutSeconds: properties.Timeout,
    memoryMegabytes: properties.MemorySize,
  };
}
