import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { spillPrefix } from '../../lambdas/contract/parked-message.ts';
import { synthesize, twoRoutes } from '../support/synthesized-stack.ts';

const template = synthesize();

const mappingSchema = z.looseObject({ Type: z.string(), Properties: z.looseObject({}) });

const lifecycleSchema = z.object({
  Properties: z.object({
    LifecycleConfiguration: z.object({ Rules: z.array(z.looseObject({ Prefix: z.string().optional() })) }),
  }),
});

describe('what comes in', () => {
  test('is posted to /webhooks/{route}, and /health answers', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'POST /webhooks/{route}' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'GET /health' });
    template.resourceCountIs('AWS::ApiGatewayV2::Route', 2);
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', { PayloadFormatVersion: '2.0' });
  });

  test('is taken by Node 24 on arm64, and every function is', () => {
    template.allResourcesProperties('AWS::Lambda::Function', { Runtime: 'nodejs24.x', Architectures: ['arm64'] });
  });
});

describe('the queues', () => {
  test('are one pair per route, of 1 MiB messages, with native redrive', () => {
    template.resourceCountIs('AWS::SQS::Queue', 4);
    template.allResourcesProperties('AWS::SQS::Queue', { MaximumMessageSize: 1_048_576, SqsManagedSseEnabled: true });
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 150,
      MessageRetentionPeriod: 604_800,
      RedrivePolicy: { maxReceiveCount: 52, deadLetterTargetArn: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } },
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      VisibilityTimeout: 108,
      RedrivePolicy: Match.objectLike({ maxReceiveCount: 40 }),
    });
    template.resourcePropertiesCountIs(
      'AWS::SQS::Queue',
      { MessageRetentionPeriod: 1_209_600, RedrivePolicy: Match.absent() },
      2,
    );
  });

  test('feed processors ten at a time, with partial batches and the concurrency of the config', () => {
    const mapping = { BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] };
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', mapping);
    for (const MaximumConcurrency of [7, 10]) {
      template.resourcePropertiesCountIs(
        'AWS::Lambda::EventSourceMapping',
        { ScalingConfig: { MaximumConcurrency } },
        1,
      );
    }
  });
});

describe('event source mappings', () => {
  /** As the relay was first deployed: another name or queue would make an upgrade replace it in the middle of traffic. */
  const mappings: readonly [route: string, logicalId: string, maximumConcurrency: number][] = [
    ['openmessaging', 'openmessagingProcessorSqsEventSourceTestRelayopenmessagingQueue8648924F02BBB48C', 7],
    ['telemetry', 'telemetryProcessorSqsEventSourceTestRelaytelemetryQueue727C459B02428ABD', 10],
  ];

  test.each(mappings)('of %s keeps its logical id, and every property', (route, logicalId, MaximumConcurrency) => {
    const mapping = mappingSchema.parse(template.toJSON().Resources[logicalId]);
    expect(mapping).toEqual({
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        BatchSize: 10,
        // `Enabled` is left to the breaker: a deployment that named it could reopen a paused route.
        EventSourceArn: { 'Fn::GetAtt': [expect.stringMatching(`^${route}Queue`), 'Arn'] },
        FunctionName: { Ref: expect.stringMatching(`^${route}Processor`) },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency },
      },
    });
  });

  test('are one for each route', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', mappings.length);
  });
});

describe('schedules', () => {
  test.each([
    ['Breaker', 'rate(1 minute)'],
    ['Spill', 'rate(1 minute)'],
    ['Peek', 'rate(15 minutes)'],
  ])('%s runs at a %s, and a run that fails is made up for by the next', (construct, ScheduleExpression) => {
    template.resourcePropertiesCountIs(
      'AWS::Events::Rule',
      {
        ScheduleExpression,
        State: 'ENABLED',
        Targets: [
          Match.objectLike({
            Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${construct}Function`), 'Arn'] },
            RetryPolicy: { MaximumRetryAttempts: 0 },
          }),
        ],
      },
      1,
    );
  });

  test('are these three', () => {
    template.resourceCountIs('AWS::Events::Rule', 3);
  });
});

describe('what SQS did not take', () => {
  test('never expires: every rule that expires objects has a prefix, and none covers the spill', () => {
    const [bucket] = Object.values(template.findResources('AWS::S3::Bucket'));
    const { Rules } = lifecycleSchema.parse(bucket).Properties.LifecycleConfiguration;
    const expiring = Rules.filter((rule) => Object.keys(rule).some((key) => /Expir/.test(key)));
    expect(expiring).not.toEqual([]);
    for (const { Prefix = '' } of expiring) {
      expect(spillPrefix.startsWith(Prefix) || Prefix.startsWith(spillPrefix)).toBe(false);
    }
  });
});

describe('what is kept', () => {
  test('payloads are private, encrypted, reached by TLS only, and expire; so do copies for trials', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ Prefix: 'payloads/', ExpirationInDays: 45 }),
          Match.objectLike({ Prefix: 'trials/', ExpirationInDays: 14 }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  test('delivery records are on demand, expire, and can be restored to any point in time', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAtSeconds', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  test('a secret is made for each route to sign its deliveries, and another for the signed route', () => {
    const secrets = Object.keys(template.findResources('AWS::SecretsManager::Secret'));
    expect(secrets.map((id) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      'openmessagingSecret',
      'openmessagingSigningSecret',
      'telemetrySigningSecret',
    ]);
  });

  test('a route that does not sign has no secret for it', () => {
    const deliverTo = { url: 'https://crm.example', sign: false };
    const unsigned = synthesize({ routes: { quiet: { verify: { kind: 'none', acceptUnsigned: true }, deliverTo } } });
    unsigned.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(JSON.stringify(unsigned.toJSON())).not.toMatch(/SIGNING_SECRET|secretsmanager|signingSecret/);
  });

  const dataTypes = ['AWS::SQS::Queue', 'AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret'];

  test.each(dataTypes)('%s outlives the stack', (type) => {
    template.allResources(type, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  const disposable = synthesize({ ...twoRoutes, dataOnDestroy: 'delete' });

  test.each(dataTypes)('%s goes with the stack where the config says so', (type) => {
    disposable.allResources(type, { DeletionPolicy: 'Delete' });
  });
});

test('the data of the stack is found by its outputs', () => {
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
    'AlarmTopicArn',
    'DashboardUrl',
    'DeliveryTableName',
    'PayloadBucketName',
    'Routes',
    'Version',
  ]);
});
