import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { synthesize } from '../support/synthesized-stack.ts';

const oneOrMany = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([z.array(schema), schema.transform((one) => [one])]);

const policySchema = z.object({
  Properties: z.object({
    PolicyDocument: z.object({
      Statement: z.array(z.object({ Action: oneOrMany(z.string()), Resource: oneOrMany(z.unknown()) })),
    }),
  }),
});

/** What the functions of the stack may do to what, one line each; a resource by its logical id less the hash. */
function permissions(): string[] {
  const policies = Object.values(synthesize().findResources('AWS::IAM::Policy'));
  return policies
    .flatMap((policy) => policySchema.parse(policy).Properties.PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((target) => `${action} ${show(target)}`)),
    )
    .sort();
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
  "dynamodb:GetItem DeliveriesTable",
  "dynamodb:GetItem DeliveriesTable",
  "dynamodb:UpdateItem DeliveriesTable",
  "dynamodb:UpdateItem DeliveriesTable",
  "s3:DeleteObject PayloadsBucket/spill/*",
  "s3:GetObject PayloadsBucket/payloads/open-messaging/*",
  "s3:GetObject PayloadsBucket/payloads/telemetry/*",
  "s3:GetObject PayloadsBucket/spill/*",
  "s3:ListBucket PayloadsBucket",
  "s3:ListBucket PayloadsBucket",
  "s3:ListBucket PayloadsBucket",
  "s3:PutObject PayloadsBucket/payloads/*",
  "s3:PutObject PayloadsBucket/spill/*",
  "secretsmanager:DescribeSecret openmessagingSecret",
  "secretsmanager:GetSecretValue openmessagingSecret",
  "sqs:ChangeMessageVisibility openmessagingQueue",
  "sqs:ChangeMessageVisibility telemetryQueue",
  "sqs:DeleteMessage openmessagingQueue",
  "sqs:DeleteMessage telemetryQueue",
  "sqs:GetQueueAttributes openmessagingDeadLetterQueue",
  "sqs:GetQueueAttributes openmessagingQueue",
  "sqs:GetQueueAttributes openmessagingQueue",
  "sqs:GetQueueAttributes telemetryDeadLetterQueue",
  "sqs:GetQueueAttributes telemetryQueue",
  "sqs:GetQueueAttributes telemetryQueue",
  "sqs:GetQueueUrl openmessagingDeadLetterQueue",
  "sqs:GetQueueUrl openmessagingQueue",
  "sqs:GetQueueUrl openmessagingQueue",
  "sqs:GetQueueUrl telemetryDeadLetterQueue",
  "sqs:GetQueueUrl telemetryQueue",
  "sqs:GetQueueUrl telemetryQueue",
  "sqs:ReceiveMessage openmessagingQueue",
  "sqs:ReceiveMessage telemetryQueue",
  "sqs:SendMessage openmessagingDeadLetterQueue",
  "sqs:SendMessage openmessagingQueue",
  "sqs:SendMessage openmessagingQueue",
  "sqs:SendMessage telemetryDeadLetterQueue",
  "sqs:SendMessage telemetryQueue",
  "sqs:SendMessage telemetryQueue",
]
`);
});

test('no permission covers every action or every resource', () => {
  for (const permission of permissions()) expect(permission).not.toMatch(/^\S*\*|\s\*$/);
});
