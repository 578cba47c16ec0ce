import { describe, expect, test } from '@jest/globals';
import { nameResources } from '../../lib/local/name-resources.ts';
import { resolveIntrinsics } from '../../lib/local/resolve-intrinsics.ts';
import { parseTemplate } from '../../lib/local/template.ts';

const addresses = { front: 'http://127.0.0.1:3000', sqs: 'http://127.0.0.1:4000' };

const scope = nameResources(
  parseTemplate({
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue' },
      Bucket: { Type: 'AWS::S3::Bucket' },
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'given-name' } },
      Secret: { Type: 'AWS::SecretsManager::Secret' },
      Function: { Type: 'AWS::Lambda::Function' },
      Api: { Type: 'AWS::ApiGatewayV2::Api' },
      Mapping: { Type: 'AWS::Lambda::EventSourceMapping' },
      Rule: { Type: 'AWS::Events::Rule' },
      Role: { Type: 'AWS::IAM::Role' },
    },
  }),
  addresses,
);

const resolve = (value: unknown) => resolveIntrinsics(value, scope);

describe('an intrinsic', () => {
  test.each([
    ['plain values stay', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
    ['a queue is known by its URL', { Ref: 'Queue' }, 'http://127.0.0.1:4000/000000000000/Queue'],
    ['a bucket by a name that S3 allows', { Ref: 'Bucket' }, 'bucket'],
    ['a table by the name it was given', { Ref: 'Table' }, 'given-name'],
    ['a secret by its ARN', { Ref: 'Secret' }, 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Secret-local0'],
    ['an event source mapping by its id', { Ref: 'Mapping' }, 'Mapping'],
    ['a rule by its ARN', { 'Fn::GetAtt': ['Rule', 'Arn'] }, 'arn:aws:events:us-east-1:000000000000:rule/Rule'],
    ['something without local meaning by a made-up name', { Ref: 'Role' }, 'Role'],
    ['a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:Queue'],
    ['GetAtt as text', { 'Fn::GetAtt': 'Queue.QueueName' }, 'Queue'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Bucket' }, 3]] }, 'a-bucket-3'],
    ['Join of what another intrinsic makes', { 'Fn::Join': ['+', { 'Fn::Split': [',', 'a,b'] }] }, 'a+b'],
    ['Select', { 'Fn::Select': ['1', { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] }, 'aws'],
    [
      'Sub',
      { 'Fn::Sub': `\${Bucket}/\${Queue.Arn}/\${!Bucket}` },
      `bucket/arn:aws:sqs:us-east-1:000000000000:Queue/\${Bucket}`,
    ],
    ['Sub with variables', { 'Fn::Sub': [`\${Name}!`, { Name: { Ref: 'Bucket' } }] }, 'bucket!'],
    ['NoValue leaves a property out', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
    ['the endpoint of the API', { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }, 'http://127.0.0.1:3000'],
    [
      'the same, put together from parts',
      {
        'Fn::Join': [
          '',
          [
            'https://',
            { Ref: 'Api' },
            '.execute-api.',
            { Ref: 'AWS::Region' },
            '.',
            { Ref: 'AWS::URLSuffix' },
            '/hooks',
          ],
        ],
      },
      'http://127.0.0.1:3000/hooks',
    ],
  ])('%s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  test.each([
    ['an unknown intrinsic', { 'Fn::ImportValue': 'x' }, 'the intrinsic Fn::ImportValue'],
    ['an unknown resource', { Ref: 'Nobody' }, 'no resource Nobody'],
    ['an unknown attribute', { 'Fn::GetAtt': ['Bucket', 'WebsiteURL'] }, 'Bucket.WebsiteURL'],
    ['an item that is not there', { 'Fn::Select': [2, ['a']] }, 'item 2 of 1'],
    ['a malformed argument', { 'Fn::Join': 'x' }, 'Fn::Join takes a list of two'],
  ])('%s is refused by name', (_, value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });
});

test('a resource type that the local run does not know is refused by name', () => {
  const template = parseTemplate({ Resources: { Stream: { Type: 'AWS::Kinesis::Stream' } } });
  expect(() => nameResources(template, addresses)).toThrow('the resource type AWS::Kinesis::Stream of Stream');
});
