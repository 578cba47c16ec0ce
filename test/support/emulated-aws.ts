import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { emulateDynamodb } from '../../lib/local/emulate-dynamodb.ts';
import { emulateSqsAndS3 } from '../../lib/local/emulate-sqs-and-s3.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';

export interface EmulatedTable {
  /** Endpoint of DynamoDB. */
  readonly url: string;
  readonly client: DynamoDBClient;
  readonly table: string;
  close(): Promise<void>;
}

/** A delivery table in an in-process DynamoDB. */
export async function emulatedTable(): Promise<EmulatedTable> {
  const tables = await emulateDynamodb();
  const table = 'deliveries';
  await tables.createTable({
    name: table,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const client = new DynamoDBClient(localClientSettings(tables.url));
  return {
    url: tables.url,
    client,
    table,
    close: async () => {
      client.destroy();
      await tables.close();
    },
  };
}

export interface EmulatedQueues {
  /** Endpoint of SQS and S3. */
  readonly url: string;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly bucket: string;
  /** Makes a queue and returns its URL. */
  createQueue(): string;
  close(): Promise<void>;
}

/** SQS and S3 in this process, with one bucket. */
export async function emulatedQueues(): Promise<EmulatedQueues> {
  const emulator = await emulateSqsAndS3(() => {});
  const bucket = 'payload-bucket';
  emulator.createBucket(bucket);
  const sqs = new SQSClient(localClientSettings(emulator.url));
  const s3 = new S3Client(localClientSettings(emulator.url));
  return {
    url: emulator.url,
    sqs,
    s3,
    bucket,
    createQueue: () => {
      const name = `queue-${randomUUID()}`;
      const url = `${emulator.url}/000000000000/${name}`;
      const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
      emulator.createQueue({ name, url, arn, attributes: {}, maxReceiveCount: undefined });
      return url;
    },
    close: async () => {
      sqs.destroy();
      s3.destroy();
      await emulator.close();
    },
  };
}
