import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { statementsOf } from '../support/role-statements.ts';
import { synthesize, twoRoutes } from '../support/synthesized-stack.ts';

const template = synthesize({ ...twoRoutes, encryption: 'kms' });
const [keyId = ''] = Object.keys(template.findResources('AWS::KMS::Key'));
const keySchema = z.object({
  Properties: z.object({
    KeyPolicy: z.object({
      Statement: z.array(z.object({ Principal: z.unknown(), Condition: z.unknown().optional() })),
    }),
  }),
});

const key = { 'Fn::GetAtt': [keyId, 'Arn'] };

test('there is one key, which is rotated, and stays as long as the data', () => {
  template.resourceCountIs('AWS::KMS::Key', 1);
  template.hasResource('AWS::KMS::Key', {
    Properties: { EnableKeyRotation: true },
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

test.each([
  ['AWS::SQS::Queue', { KmsMasterKeyId: key, SqsManagedSseEnabled: Match.absent() }],
  ['AWS::DynamoDB::Table', { SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key } }],
  ['AWS::SNS::Topic', { KmsMasterKeyId: key }],
  ['AWS::SecretsManager::Secret', { KmsKeyId: key }],
  ['AWS::Logs::LogGroup', { KmsKeyId: key }],
  [
    'AWS::S3::Bucket',
    {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
          },
        ],
      },
    },
  ],
])('every %s is encrypted with it', (type, properties) => {
  template.allResourcesProperties(type, properties);
});

describe('the key serves', () => {
  const allows = (statement: object) =>
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Allow', ...statement })]) },
    });

  test('the alarms of this account, or nobody would hear of one', () => {
    allows({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
  });

  test('no service that names neither account nor resource: anybody could send it', () => {
    const [found] = Object.values(template.findResources('AWS::KMS::Key'));
    const { Statement } = keySchema.parse(found).Properties.KeyPolicy;
    const ofServices = Statement.filter(({ Principal }) => JSON.stringify(Principal).includes('"Service"'));
    expect(ofServices).toHaveLength(2);
    for (const { Condition } of ofServices) expect(JSON.stringify(Condition)).toContain('"AWS::AccountId"');
  });

  test('the log groups of this stack', () => {
    allows({
      Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': [
            { 'Fn::Join': ['', Match.arrayWith([':log-group:TestRelay-*'])] },
            { 'Fn::Join': ['', Match.arrayWith([':log-group:/aws/vendedlogs/TestRelay/access'])] },
          ],
        },
      },
    });
  });
});

/** Which use of the key each function has, and through which service. */
function keyUses(): string[] {
  return statementsOf(template)
    .flatMap(({ role, actions, condition }) =>
      actions.filter((action) => action.startsWith('kms:')).map((action) => `${role}: ${action} ${through(condition)}`),
    )
    .filter((use) => !use.startsWith('telemetry'))
    .sort();
}

function through(condition: unknown): string {
  const service = /"kms:ViaService":\{"Fn::Join":\["",\["(\w+)\./.exec(JSON.stringify(condition) ?? '');
  return service === null ? 'directly' : `through ${service[1]}`;
}

// The one direct use is CDK's own: it comes with an event source.
test('a function uses it through the services that it calls, and only as far as that takes', () => {
  expect(keyUses()).toMatchInlineSnapshot(`
[
  "BreakerFunction: kms:Decrypt through dynamodb",
  "BreakerFunction: kms:Decrypt through s3",
  "BreakerFunction: kms:Decrypt through sqs",
  "BreakerFunction: kms:DescribeKey through dynamodb",
  "BreakerFunction: kms:Encrypt through dynamodb",
  "BreakerFunction: kms:GenerateDataKey through dynamodb",
  "BreakerFunction: kms:GenerateDataKey through s3",
  "BreakerFunction: kms:ReEncryptFrom through dynamodb",
  "BreakerFunction: kms:ReEncryptTo through dynamodb",
  "IngestFunction: kms:Decrypt through secretsmanager",
  "IngestFunction: kms:Decrypt through sqs",
  "IngestFunction: kms:GenerateDataKey through s3",
  "IngestFunction: kms:GenerateDataKey through sqs",
  "PeekFunction: kms:Decrypt through sqs",
  "SpillFunction: kms:Decrypt through s3",
  "SpillFunction: kms:Decrypt through sqs",
  "SpillFunction: kms:GenerateDataKey through sqs",
  "openmessagingProcessor: kms:Decrypt directly",
  "openmessagingProcessor: kms:Decrypt through dynamodb",
  "openmessagingProcessor: kms:Decrypt through s3",
  "openmessagingProcessor: kms:Decrypt through secretsmanager",
  "openmessagingProcessor: kms:Decrypt through sqs",
  "openmessagingProcessor: kms:DescribeKey through dynamodb",
  "openmessagingProcessor: kms:Encrypt through dynamodb",
  "openmessagingProcessor: kms:GenerateDataKey through dynamodb",
  "openmessagingProcessor: kms:GenerateDataKey through s3",
  "openmessagingProcessor: kms:GenerateDataKey through sqs",
  "openmessagingProcessor: kms:ReEncryptFrom through dynamodb",
  "openmessagingProcessor: kms:ReEncryptTo through dynamodb",
]
`);
});

test('without the option there is no key, and nothing that grants one', () => {
  const plain = synthesize();
  plain.resourceCountIs('AWS::KMS::Key', 0);
  expect(JSON.stringify(plain.toJSON())).not.toContain('kms:');
});
