import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { synthesize } from '../support/synthesized-stack.ts';

const oneOrMany = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([z.array(schema), schema.transform((one) => [one])]);

const policySchema = z.object({
  Properties: z.object({
    Roles: z.tuple([z.object({ Ref: z.string() })]),
    PolicyDocument: z.object({
      Statement: z.array(
        z.object({
          Action: oneOrMany(z.string()),
          Resource: oneOrMany(z.unknown()),
          Condition: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    }),
  }),
});

const functionSchema = z.object({
  Properties: z.object({ Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }) }),
});

const roleSchema = z.object({ Properties: z.object({ ManagedPolicyArns: z.array(z.unknown()) }) });

/** What each function of the stack may do to what, one line each; ids less their hashes. */
function permissions(): string[] {
  const policies = Object.values(synthesize().findResources('AWS::IAM::Policy'));
  return policies
    .map((policy) => policySchema.parse(policy).Properties)
    .flatMap(({ Roles: [role], PolicyDocument }) =>
      PolicyDocument.Statement.flatMap(({ Action, Resource, Condition }) =>
        Action.flatMap((action) =>
          Resource.map((target) => `${whose(role.Ref)}: ${action} ${show(target)}${onlyWhere(Condition)}`),
        ),
      ),
    )
    .sort();
}

function whose(roleId: string): string {
  return roleId.replace(/ServiceRole[0-9A-F]{8}$/, '');
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
  "BreakerFunction: lambda:InvokeFunction openmessagingProcessor:*",
  "BreakerFunction: lambda:InvokeFunction telemetryProcessor",
  "BreakerFunction: lambda:InvokeFunction telemetryProcessor:*",
  "BreakerFunction: lambda:UpdateEventSourceMapping arn:{Ref:AWS::Partition}:lambda:{Ref:AWS::Region}:{Ref:AWS::AccountId}:event-source-mapping:{Ref:openmessagingProcessorSqsEventSourceTestRelayopenmessagingQueue8648924F02BBB48C}",
  "BreakerFunction: lambda:UpdateEventSourceMapping arn:{Ref:AWS::Partition}:lambda:{Ref:AWS::Region}:{Ref:AWS::AccountId}:event-source-mapping:{Ref:telemetryProcessorSqsEventSourceTestRelaytelemetryQueue727C459B02428ABD}",
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
  "IngestFunction: s3:PutObject PayloadsBucket/payloads/*",
  "IngestFunction: s3:PutObject PayloadsBucket/spill/*",
  "IngestFunction: secretsmanager:DescribeSecret openmessagingSecret",
  "IngestFunction: secretsmanager:GetSecretValue openmessagingSecret",
  "IngestFunction: sqs:SendMessage openmessagingQueue",
  "IngestFunction: sqs:SendMessage telemetryQueue",
  "SpillFunction: s3:DeleteObject PayloadsBucket/spill/*",
  "SpillFunction: s3:GetObject PayloadsBucket/spill/*",
  "SpillFunction: s3:ListBucket PayloadsBucket",
  "SpillFunction: sqs:SendMessage openmessagingQueue",
  "SpillFunction: sqs:SendMessage telemetryQueue",
  "openmessagingProcessor: dynamodb:GetItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["breaker#open-messaging"]}}",
  "openmessagingProcessor: dynamodb:GetItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["event#open-messaging#*"]}}",
  "openmessagingProcessor: dynamodb:PutItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["breaker#open-messaging"]}}",
  "openmessagingProcessor: dynamodb:UpdateItem DeliveriesTable where {"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["event#open-messaging#*"]}}",
  "openmessagingProcessor: s3:DeleteObject PayloadsBucket/trials/open-messaging/*",
  "openmessagingProcessor: s3:GetObject PayloadsBucket/payloads/open-messaging/*",
  "openmessagingProcessor: s3:ListBucket PayloadsBucket",
  "openmessagingProcessor: s3:PutObject PayloadsBucket/trials/open-messaging/*",
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
  "telemetryProcessor: s3:DeleteObject PayloadsBucket/trials/telemetry/*",
  "telemetryProcessor: s3:GetObject PayloadsBucket/payloads/telemetry/*",
  "telemetryProcessor: s3:ListBucket PayloadsBucket",
  "telemetryProcessor: s3:PutObject PayloadsBucket/trials/telemetry/*",
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

test('no permission covers every action or every resource', () => {
  for (const permission of permissions()) expect(permission).not.toMatch(/: \S*\*|\s\*( where|$)/);
});

test('every function has a role of its own, which has no managed policy but the one for writing logs', () => {
  const template = synthesize();
  const roles = Object.values(template.findResources('AWS::Lambda::Function')).map(
    (found) => functionSchema.parse(found).Properties.Role['Fn::GetAtt'][0],
  );
  expect(new Set(roles).size).toBe(roles.length);
  expect(Object.keys(template.findResources('AWS::IAM::Role')).sort()).toEqual([...roles].sort());
  for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
    const managed = roleSchema.parse(role).Properties.ManagedPolicyArns.map((arn) => JSON.stringify(arn));
    expect(managed).toEqual([expect.stringContaining(':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole')]);
  }
});
