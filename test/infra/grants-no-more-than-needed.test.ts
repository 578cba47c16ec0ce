import { expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import type { RelayConfigInput } from '../../lib/infra/relay-config.ts';
import { statementsOf } from '../support/role-statements.ts';
import { synthesize, twoRoutes } from '../support/synthesized-stack.ts';

const functionSchema = z.object({
  Properties: z.object({ Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }) }),
});

/** What each function of the stack may do to what, one line each; ids less their hashes. */
function permissions(config: RelayConfigInput = twoRoutes): string[] {
  return statementsOf(synthesize(config))
    .flatMap(({ role, actions, resources, condition }) =>
      actions.flatMap((action) =>
        resources.map((target) => `${role}: ${action} ${show(target)}${onlyWhere(condition)}`),
      ),
    )
    .sort();
}

function onlyWhere(condition: object | undefined): string {
  return condition === undefined ? '' : ` where ${JSON.stringify(condition)}`;
}

function show(resource: unknown): string {
  return JSON.stringify(resource)
    .replace(/\{"Fn::GetAtt":\["([A-Za-z]+)[0-9A-F]{8}","Arn"\]\}/g, '$1')
    .replace(/\{"Ref":"([A-Za-z]+)[0-9A-F]{8}"\}/g, '$1')
    .replace(/\{"Fn::Join":\["",\[(.*)\]\]\}/, '$1')
    .replaceAll(/[",]/g, '');
}

test('the functions can do this and nothing else', () => {
  expect(permissions()).toMatchInlineSnapshot(`
[
  "BreakerFunction: dynamodb:GetItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["breaker#*"]}}",
  "BreakerFunction: dynamodb:PutItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["breaker#*"]}}",
  "BreakerFunction: lambda:GetEventSourceMapping arn:{Ref:AWS::Partition}:lambda:{Ref:AWS::Region}:{Ref:AWS::AccountId}:event-source-mapping:{Ref:openmessagingProcessorSqsEventSourceTestRelayopenmessagingQueue8648924F02BBB48C}",
  "BreakerFunction: lambda:GetEventSourceMapping arn:{Ref:AWS::Partition}:lambda:{Ref:AWS::Region}:{Ref:AWS::AccountId}:event-source-mapping:{Ref:telemetryProcessorSqsEventSourceTestRelaytelemetryQueue727C459B02428ABD}",
  "BreakerFunction: lambda:InvokeFunction openmessagingProcessor",
  "BreakerFunction: lambda:InvokeFunction telemetryProcessor",
  "BreakerFunction: lambda:UpdateEventSourceMapping arn:{Ref:AWS::Partition}:lambda:{Ref:AWS::Region}:{Ref:AWS::AccountId}:event-source-mapping:{Ref:openmessagingProcessorSqsEventSourceTestRelayopenmessagingQueue8648924F02BBB48C}",
  "BreakerFunction: lambda:UpdateEventSourceMapping arn:{Ref:AWS::Partition}:lambda:{Ref:AWS::Region}:{Ref:AWS::AccountId}:event-source-mapping:{Ref:telemetryProcessorSqsEventSourceTestRelaytelemetryQueue727C459B02428ABD}",
  "BreakerFunction: logs:CreateLogStream BreakerFunctionLogs",
  "BreakerFunction: logs:PutLogEvents BreakerFunctionLogs",
  "BreakerFunction: s3:DeleteObject PayloadsBucket/trials/*",
  "BreakerFunction: s3:GetObject PayloadsBucket/trials/*",
  "BreakerFunction: s3:ListBucket PayloadsBucket",
  "BreakerFunction: s3:PutObject PayloadsBucket/trials/*",
  "BreakerFunction: sqs:ChangeMessageVisibility openmessagingQueue",
  "BreakerFunction: sqs:ChangeMessageVisibility telemetryQueue",
  "BreakerFunction: sqs:DeleteMessage openmessagingQueue",
  "BreakerFunction: sqs:DeleteMessage telemetryQueue",
  "BreakerFunction: sqs:GetQueueAttributes openmessagingQueue",
  "BreakerFunction: sqs:GetQueueAttributes telemetryQueue",
  "BreakerFunction: sqs:ReceiveMessage openmessagingQueue",
  "BreakerFunction: sqs:ReceiveMessage telemetryQueue",
  "IngestFunction: logs:CreateLogStream IngestFunctionLogs",
  "IngestFunction: logs:PutLogEvents IngestFunctionLogs",
  "IngestFunction: s3:PutObject PayloadsBucket/payloads/*",
  "IngestFunction: s3:PutObject PayloadsBucket/spill/*",
  "IngestFunction: secretsmanager:GetSecretValue openmessagingSecret",
  "IngestFunction: sqs:SendMessage openmessagingQueue",
  "IngestFunction: sqs:SendMessage telemetryQueue",
  "SpillFunction: logs:CreateLogStream SpillFunctionLogs",
  "SpillFunction: logs:PutLogEvents SpillFunctionLogs",
  "SpillFunction: s3:DeleteObject PayloadsBucket/spill/*",
  "SpillFunction: s3:GetObject PayloadsBucket/spill/*",
  "SpillFunction: s3:ListBucket PayloadsBucket",
  "SpillFunction: sqs:SendMessage openmessagingQueue",
  "SpillFunction: sqs:SendMessage telemetryQueue",
  "openmessagingProcessor: dynamodb:GetItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["breaker#open-messaging"]}}",
  "openmessagingProcessor: dynamodb:GetItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["event#open-messaging#*"]}}",
  "openmessagingProcessor: dynamodb:PutItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["breaker#open-messaging"]}}",
  "openmessagingProcessor: dynamodb:UpdateItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["event#open-messaging#*"]}}",
  "openmessagingProcessor: logs:CreateLogStream openmessagingProcessorLogs",
  "openmessagingProcessor: logs:PutLogEvents openmessagingProcessorLogs",
  "openmessagingProcessor: s3:DeleteObject PayloadsBucket/trials/open-messaging/*",
  "openmessagingProcessor: s3:GetObject PayloadsBucket/payloads/open-messaging/*",
  "openmessagingProcessor: s3:ListBucket PayloadsBucket",
  "openmessagingProcessor: s3:PutObject PayloadsBucket/trials/open-messaging/*",
  "openmessagingProcessor: secretsmanager:GetSecretValue openmessagingSigningSecret",
  "openmessagingProcessor: sqs:ChangeMessageVisibility openmessagingQueue",
  "openmessagingProcessor: sqs:DeleteMessage openmessagingQueue",
  "openmessagingProcessor: sqs:GetQueueAttributes openmessagingQueue",
  "openmessagingProcessor: sqs:GetQueueUrl openmessagingQueue",
  "openmessagingProcessor: sqs:ReceiveMessage openmessagingQueue",
  "openmessagingProcessor: sqs:SendMessage openmessagingDeadLetterQueue",
  "openmessagingProcessor: sqs:SendMessage openmessagingQueue",
  "telemetryProcessor: dynamodb:GetItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["breaker#telemetry"]}}",
  "telemetryProcessor: dynamodb:GetItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["event#telemetry#*"]}}",
  "telemetryProcessor: dynamodb:PutItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["breaker#telemetry"]}}",
  "telemetryProcessor: dynamodb:UpdateItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["event#telemetry#*"]}}",
  "telemetryProcessor: logs:CreateLogStream telemetryProcessorLogs",
  "telemetryProcessor: logs:PutLogEvents telemetryProcessorLogs",
  "telemetryProcessor: s3:DeleteObject PayloadsBucket/trials/telemetry/*",
  "telemetryProcessor: s3:GetObject PayloadsBucket/payloads/telemetry/*",
  "telemetryProcessor: s3:ListBucket PayloadsBucket",
  "telemetryProcessor: s3:PutObject PayloadsBucket/trials/telemetry/*",
  "telemetryProcessor: secretsmanager:GetSecretValue telemetrySigningSecret",
  "telemetryProcessor: sqs:ChangeMessageVisibility telemetryQueue",
  "telemetryProcessor: sqs:DeleteMessage telemetryQueue",
  "telemetryProcessor: sqs:GetQueueAttributes telemetryQueue",
  "telemetryProcessor: sqs:GetQueueUrl telemetryQueue",
  "telemetryProcessor: sqs:ReceiveMessage telemetryQueue",
  "telemetryProcessor: sqs:SendMessage telemetryDeadLetterQueue",
  "telemetryProcessor: sqs:SendMessage telemetryQueue",
]
`);
});

test('with tracing, the functions on the way of a webhook tell X-Ray of it, which has no narrower resource', () => {
  const untraced = permissions();
  const traced = permissions({ ...twoRoutes, tracing: true });
  expect(untraced.filter((permission) => !traced.includes(permission))).toEqual([]);
  expect(traced.filter((permission) => !untraced.includes(permission))).toEqual(
    ['IngestFunction', 'openmessagingProcessor', 'telemetryProcessor'].flatMap((role) => [
      `${role}: xray:PutTelemetryRecords *`,
      `${role}: xray:PutTraceSegments *`,
    ]),
  );
});

test.each(['aws', 'kms'] as const)(
  'with keys of %s, no permission covers every action or every resource',
  (encryption) => {
    for (const permission of permissions({ ...twoRoutes, encryption }))
      expect(permission).not.toMatch(/: \S*\*|\s\*( where|$)/);
  },
);

test('every function has a role of its own, with no managed policy', () => {
  const template = synthesize();
  const roles = Object.values(template.findResources('AWS::Lambda::Function')).map(
    (found) => functionSchema.parse(found).Properties.Role['Fn::GetAtt'][0],
  );
  expect(new Set(roles).size).toBe(roles.length);
  expect(Object.keys(template.findResources('AWS::IAM::Role')).sort()).toEqual([...roles].sort());
  template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
});
