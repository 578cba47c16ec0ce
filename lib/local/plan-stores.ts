import * as z from 'zod';
import { type NamedTemplate, notImitated, resolvedResources } from './resolved-resources.ts';

export interface QueuePlan {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  /** As CreateQueue takes them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Receives after which SQS moves a message to the dead letter queue; undefined for a queue without one. */
  readonly maxReceiveCount: number | undefined;
}

export interface SecretPlan {
  readonly arn: string;
  /** Characters in the generated value. */
  readonly length: number;
  readonly excludedCharacters: string;
}

export type TablePlan = z.output<typeof tableSchema> & { readonly name: string };

/** Everything that holds data. */
export interface StoresPlan {
  readonly queues: readonly QueuePlan[];
  readonly buckets: readonly string[];
  readonly tables: readonly TablePlan[];
  readonly secrets: readonly SecretPlan[];
}

const queueSchema = z.looseObject({ RedrivePolicy: z.looseObject({ maxReceiveCount: z.int() }).optional() });

// Time to live and backups are not read: dynalite has neither, and a run does not live long enough to miss them.
const tableSchema = z.object({
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: notImitated,
  LocalSecondaryIndexes: notImitated,
});

/** `GenerateSecretString` without a template around it, with CloudFormation's default length. */
const secretSchema = z.object({
  SecretString: notImitated,
  GenerateSecretString: z.object({
    PasswordLength: z.int().default(32),
    ExcludeCharacters: z.string().default(''),
    SecretStringTemplate: notImitated,
  }),
});

/** @throws TemplateError for a store that the local run cannot make */
export function planStores(named: NamedTemplate): StoresPlan {
  const { ref, attribute } = named.scope;
  return {
    queues: resolvedResources(named, 'AWS::SQS::Queue', queueSchema).map(({ logicalId, properties }) => ({
      name: attribute(logicalId, 'QueueName'),
      url: attribute(logicalId, 'QueueUrl'),
      arn: attribute(logicalId, 'Arn'),
      attributes: queueAttributes(properties),
      maxReceiveCount: properties.RedrivePolicy?.maxReceiveCount,
    })),
    buckets: resolvedResources(named, 'AWS::S3::Bucket', z.unknown()).map(({ logicalId }) => String(ref(logicalId))),
    tables: resolvedResources(named, 'AWS::DynamoDB::Table', tableSchema).map(({ logicalId, properties }) => ({
      ...properties,
      name: String(ref(logicalId)),
    })),
    secrets: resolvedResources(named, 'AWS::SecretsManager::Secret', secretSchema).map(({ logicalId, properties }) => ({
      arn: String(ref(logicalId)),
      length: properties.GenerateSecretString.PasswordLength,
      excludedCharacters: properties.GenerateSecretString.ExcludeCharacters,
    })),
  };
}

/** No attributes of a queue, or none that mean anything here: nothing on this machine is encrypted. */
const leftOut = new Set(['QueueName', 'Tags', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds']);

/** CloudFormation's properties of a queue are the API's attributes, but for some; objects travel as JSON. */
function queueAttributes(properties: Readonly<Record<string, unknown>>): Record<string, string> {
  const attributes = Object.entries(properties).filter(([name]) => !leftOut.has(name));
  return Object.fromEntries(
    attributes.map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}
