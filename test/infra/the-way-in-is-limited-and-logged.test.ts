import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { synthesize, twoRoutes } from '../support/synthesized-stack.ts';

const template = synthesize();

const stageSchema = z.object({
  Properties: z.object({
    AccessLogSettings: z.object({
      DestinationArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
      Format: z.string(),
    }),
    DefaultRouteSettings: z.object({ ThrottlingRateLimit: z.number(), ThrottlingBurstLimit: z.number() }),
  }),
});

const functionSchema = z.object({
  Properties: z.object({ LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }) }),
});

function stageOf(stack: typeof template): z.infer<typeof stageSchema>['Properties'] {
  const [stage] = Object.values(stack.findResources('AWS::ApiGatewayV2::Stage'));
  return stageSchema.parse(stage).Properties;
}

describe('the access log', () => {
  const { Format, DestinationArn } = stageOf(template).AccessLogSettings;
  const fields = z.record(z.string(), z.string()).parse(JSON.parse(Format));

  test('is a line of JSON that tells who asked when, and what came of it', () => {
    expect(fields).toMatchObject({
      requestId: '$context.requestId',
      sourceIp: '$context.identity.sourceIp',
      routeKey: '$context.routeKey',
      status: '$context.status',
      latencyMs: '$context.responseLatency',
    });
  });

  test('holds nothing that the sender wrote: no body, header, query, path or user agent', () => {
    for (const value of Object.values(fields)) {
      expect(value).toMatch(/^\$context\.[A-Za-z.]+$/);
      expect(value).not.toMatch(/body|header|query|path|userAgent|authorizer/i);
    }
  });

  test('goes to a log group of its own', () => {
    const groups = template.findResources('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: '/aws/vendedlogs/TestRelay/access' },
    });
    expect(Object.keys(groups)).toEqual([DestinationArn['Fn::GetAtt'][0]]);
  });
});

describe.each([
  ['as it is', twoRoutes],
  ['that goes with its data, and so has a custom resource', { ...twoRoutes, dataOnDestroy: 'delete' as const }],
])('of a stack %s', (_name, config) => {
  const stack = synthesize(config);

  test('every function writes into a log group of the stack', () => {
    const groups = Object.keys(stack.findResources('AWS::Logs::LogGroup'));
    for (const found of Object.values(stack.findResources('AWS::Lambda::Function'))) {
      expect(groups).toContain(functionSchema.parse(found).Properties.LoggingConfig.LogGroup.Ref);
    }
  });

  test('every log group forgets after a month, and goes with the stack', () => {
    stack.allResources('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 30 }, DeletionPolicy: 'Delete' });
  });
});

describe('the throttle', () => {
  test('lets in 2,000 requests a second unless the config says otherwise', () => {
    expect(stageOf(template).DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 2_000, ThrottlingBurstLimit: 1_000 });
  });

  test('is what the config says', () => {
    const stack = synthesize({ ...twoRoutes, throttle: { ratePerSecond: 50, burst: 20 } });
    expect(stageOf(stack).DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 20 });
  });
});

describe('reserved concurrency', () => {
  test('is not taken from the account unless the config asks for it', () => {
    template.allResourcesProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: Match.absent() });
  });

  test('belongs to the ingest function alone', () => {
    const stack = synthesize({ ...twoRoutes, ingestConcurrency: 40 });
    const reserving = { ReservedConcurrentExecutions: 40 };
    stack.hasResourceProperties('AWS::Lambda::Function', {
      ...reserving,
      Description: Match.stringLikeRegexp('Verifies'),
    });
    stack.resourcePropertiesCountIs('AWS::Lambda::Function', reserving, 1);
  });
});
