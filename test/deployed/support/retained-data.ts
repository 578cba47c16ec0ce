import { DeleteTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { DeleteQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { StackOutputs } from './deployed-relay.ts';

/** What outlives a stack: queues, payloads and records. */
export interface RetainedData {
  /** @throws when something of it is not there */
  demandAll(): Promise<void>;
  deleteAll(): Promise<void>;
}

export function retainedData({
  Routes,
  PayloadBucketName: Bucket,
  DeliveryTableName: TableName,
}: StackOutputs): RetainedData {
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const s3 = new S3Client({ forcePathStyle: true });
  const dynamodb = new DynamoDBClient({});
  const queueUrls = Object.values(Routes).flatMap(({ queueUrl, deadLetterQueueUrl }) => [queueUrl, deadLetterQueueUrl]);
  return {
    async demandAll() {
      for (const QueueUrl of queueUrls) await sqs.send(new GetQueueAttributesCommand({ QueueUrl }));
      await s3.send(new HeadBucketCommand({ Bucket }));
      await dynamodb.send(new DescribeTableCommand({ TableName }));
    },
    async deleteAll() {
      for (const QueueUrl of queueUrls) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      await s3.send(new DeleteBucketCommand({ Bucket }));
      await dynamodb.send(new DeleteTableCommand({ TableName }));
      for (const client of [sqs, s3, dynamodb]) client.destroy();
    },
  };
}
