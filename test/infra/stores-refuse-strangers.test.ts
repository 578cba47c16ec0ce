import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { synthesize, twoRoutes } from '../support/synthesized-stack.ts';

const template = synthesize();

const statementSchema = z.looseObject({ Effect: z.string(), Principal: z.unknown(), Action: z.unknown() });

const policySchema = z.object({
  Properties: z.looseObject({ PolicyDocument: z.object({ Statement: z.array(statementSchema) }) }),
});

/** What is denied to everybody under the conditions that each store's policy names. */
const plainHttp = { Bool: { 'aws:SecureTransport': 'false' } };
const otherAccounts = {
  StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } },
  BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
};

const stores = [
  { store: 'AWS::SQS::Queue', policy: 'AWS::SQS::QueuePolicy', names: 'Queues', action: 'sqs:*' },
  { store: 'AWS::S3::Bucket', policy: 'AWS::S3::BucketPolicy', names: 'Bucket', action: 's3:*' },
];

describe.each(stores)('$store', ({ store, policy, names, action }) => {
  const policies = Object.values(template.findResources(policy)).map((found) => policySchema.parse(found).Properties);

  test('has a policy, each one of its own', () => {
    const covered = policies.map((properties) => JSON.stringify(properties[names]));
    const ids = Object.keys(template.findResources(store));
    expect(covered).toHaveLength(ids.length);
    for (const id of ids) expect(covered.filter((text) => text.includes(`"${id}"`))).toHaveLength(1);
  });

  test.each([
    ['plain HTTP', plainHttp],
    ['other accounts, and whoever does not say who they are', otherAccounts],
  ])('refuses %s, whatever is asked for', (_who, Condition) => {
    for (const { PolicyDocument } of policies) {
      expect(PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Principal: { AWS: '*' }, Action: action, Condition }),
      );
    }
  });

  test('keeps its policy as long as it is kept itself', () => {
    template.allResources(policy, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    synthesize({ ...twoRoutes, dataOnDestroy: 'delete' }).allResources(policy, { DeletionPolicy: 'Delete' });
  });

  test('allows nobody anything beside what the roles allow', () => {
    const effects = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(({ Effect }) => Effect));
    expect(new Set(effects)).toEqual(new Set(['Deny']));
  });
});

test('the alarm topic refuses plain HTTP', () => {
  const [policy] = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
  expect(policySchema.parse(policy).Properties.PolicyDocument.Statement).toContainEqual(
    expect.objectContaining({ Effect: 'Deny', Action: 'sns:Publish', Condition: plainHttp }),
  );
});

test('the bucket takes TLS from 1.2 on, and every object belongs to the account, whoever wrote it', () => {
  const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  expect(policySchema.parse(policy).Properties.PolicyDocument.Statement).toContainEqual(
    expect.objectContaining({
      Effect: 'Deny',
      Action: 's3:*',
      Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } },
    }),
  );
  template.allResourcesProperties('AWS::S3::Bucket', {
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  });
});
