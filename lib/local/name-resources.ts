import type { IntrinsicScope } from './resolve-intrinsics.ts';
import type { Resource, Template } from './template.ts';
import { TemplateError } from './template-error.ts';

/** Where the local run answers, each without a trailing slash. */
export interface LocalAddresses {
  /** The HTTP front: stands where API Gateway stands. */
  readonly front: string;
  readonly sqs: string;
}

/** The region and account of everything local: fauxqs knows no other account. */
export const localRegion = 'us-east-1';
export const localAccount = '000000000000';

const urlSuffix = 'amazonaws.com';

const pseudoParameters: ReadonlyMap<string, string | undefined> = new Map([
  ['AWS::AccountId', localAccount],
  ['AWS::NoValue', undefined],
  ['AWS::Partition', 'aws'],
  ['AWS::Region', localRegion],
  ['AWS::StackId', `arn:aws:cloudformation:${localRegion}:${localAccount}:stack/local/local`],
  ['AWS::StackName', 'local'],
  ['AWS::URLSuffix', urlSuffix],
]);

/** What a resource is known by: the answer to `Ref`, and those to `Fn::GetAtt`. */
interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

type Identify = (logicalId: string, resource: Resource, addresses: LocalAddresses) => Identity;

const identities: Readonly<Record<string, Identify>> = {
  'AWS::SQS::Queue': (logicalId, resource, { sqs }) => {
    const name = physicalName(logicalId, resource, 'QueueName', 80);
    const url = `${sqs}/${localAccount}/${name}`;
    return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
  },
  'AWS::S3::Bucket': (logicalId, resource) => {
    const name = physicalName(logicalId, resource, 'BucketName', 63).toLowerCase();
    return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } };
  },
  'AWS::DynamoDB::Table': (logicalId, resource) => {
    const name = physicalName(logicalId, resource, 'TableName', 255);
    return { ref: name, attributes: { Arn: arn('dynamodb', `table/${name}`) } };
  },
  'AWS::SecretsManager::Secret': (logicalId, resource) => {
    // Secrets Manager ends every ARN with a dash and six characters of its own.
    const secretArn = arn('secretsmanager', `secret:${physicalName(logicalId, resource, 'Name', 255)}-local0`);
    return { ref: secretArn, attributes: { Id: secretArn } };
  },
  'AWS::Lambda::Function': (logicalId, resource) => {
    const name = physicalName(logicalId, resource, 'FunctionName', 64);
    return { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } };
  },
  'AWS::ApiGatewayV2::Api': (logicalId, _resource, { front }) => {
    return { ref: logicalId, attributes: { ApiEndpoint: front, ApiId: logicalId } };
  },
  'AWS::ApiGatewayV2::Integration': (logicalId) => ({ ref: logicalId, attributes: { IntegrationId: logicalId } }),
  'AWS::ApiGatewayV2::Route': (logicalId) => ({ ref: logicalId, attributes: { RouteId: logicalId } }),
  'AWS::Lambda::EventSourceMapping': (logicalId) => ({ ref: logicalId, attributes: { Id: logicalId } }),
  'AWS::Events::Rule': (logicalId, resource) => {
    const name = physicalName(logicalId, resource, 'Name', 64);
    return { ref: name, attributes: { Arn: arn('events', `rule/${name}`) } };
  },
};

/**
 * Permissions, keys, logs, alarms and the machinery of deployment: nothing on one machine depends on them. A type that
 * stands in neither list stops the run, so that what a route needs cannot be missing from it in silence.
 */
const withoutLocalMeaning = [
  /^AWS::IAM::/,
  /^AWS::KMS::/,
  /^AWS::Logs::/,
  /^AWS::CloudWatch::/,
  /^AWS::SNS::/,
  /^AWS::CDK::Metadata$/,
  /^AWS::CloudFormation::CustomResource$/,
  /^Custom::/,
  /^AWS::ApiGatewayV2::Stage$/,
  /^AWS::Lambda::Permission$/,
  /^AWS::Lambda::EventInvokeConfig$/,
  /^AWS::S3::BucketPolicy$/,
  /^AWS::SecretsManager::ResourcePolicy$/,
  /^AWS::SQS::QueuePolicy$/,
];

/**
 * Gives every resource of a template its local name.
 *
 * @throws TemplateError for a resource type that the local run does not know
 */
export function nameResources(template: Template, addresses: LocalAddresses): IntrinsicScope {
  const named = new Map<string, Identity | 'without-local-meaning'>();
  const apiAddresses: string[] = [];
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    named.set(logicalId, identify(logicalId, resource, addresses));
    if (resource.Type === 'AWS::ApiGatewayV2::Api') {
      apiAddresses.push(`https://${logicalId}.execute-api.${localRegion}.${urlSuffix}`);
    }
  }
  return {
    ref(name) {
      if (pseudoParameters.has(name)) return pseudoParameters.get(name);
      const identity = named.get(name);
      if (identity === undefined) throw new TemplateError(`the template has no resource ${name} to refer to`);
      return identity === 'without-local-meaning' ? name : identity.ref;
    },
    attribute(logicalId, attribute) {
      const identity = named.get(logicalId);
      if (identity === 'without-local-meaning') return `${logicalId}.${attribute}`;
      const value = identity?.attributes[attribute];
      if (value === undefined) throw new TemplateError(`the local run does not know ${logicalId}.${attribute}`);
      return value;
    },
    localAddress: (text) =>
      apiAddresses.reduce((changed, address) => changed.replaceAll(address, addresses.front), text),
  };
}

function identify(
  logicalId: string,
  resource: Resource,
  addresses: LocalAddresses,
): Identity | 'without-local-meaning' {
  const known = identities[resource.Type];
  if (known !== undefined) return known(logicalId, resource, addresses);
  if (withoutLocalMeaning.some((type) => type.test(resource.Type))) return 'without-local-meaning';
  throw new TemplateError(`the local run does not know the resource type ${resource.Type} of ${logicalId}`);
}

/** A logical id that is too long loses its beginning: its end is the hash that makes it unique. */
function physicalName(logicalId: string, resource: Resource, property: string, longest: number): string {
  const given = resource.Properties[property];
  return typeof given === 'string' ? given : logicalId.slice(-longest);
}

function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${localRegion}:${localAccount}:${resource}`;
}
