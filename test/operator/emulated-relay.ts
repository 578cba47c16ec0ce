import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import dynalite from 'dynalite';
import { startFauxqs } from 'fauxqs';
import { type BreakerState, breakerKey } from '../../lambdas/contract/breaker-state.ts';
import { deliveryKey } from '../../lambdas/contract/delivery-record.ts';
import { emulateCloudWatch, type MetricStore } from '../../lib/local/emulate-cloudwatch.ts';
import { emulateLambda, type LambdaApi } from '../../lib/local/emulate-lambda.ts';
import { emulateSecretsManager, type Secrets } from '../../lib/local/emulate-secrets-manager.ts';
import { connectRelay, type Relay } from '../../lib/operator/connection/connect-relay.ts';
import type { CarriedAttributes, MessageQueues } from '../../lib/operator/connection/message-queues.ts';
import type { RelayLocation, RouteLocation } from '../../lib/operator/connection/relay-location.ts';

const loopback = '127.0.0.1';
const tableName = 'deliveries';

/** One route's queues, and what the tests put into the stores around them. */
export interface EmulatedRelay {
  readonly relay: Relay;
  readonly location: RelayLocation;
  readonly main: RouteLocation;
  readonly other: RouteLocation;
  readonly sqs: SQSClient;
  /** Holds the secret of route `main`; `other` accepts unsigned requests. */
  readonly secrets: Secrets;
  readonly metrics: MetricStore;
  readonly lambda: LambdaApi;
  /** The id of the new message. */
  sendTo(queueUrl: string, message: TestMessage): Promise<string>;
  /** All messages that can be received from a queue just now; they stay hidden for an hour. */
  drain(queueUrl: string): Promise<readonly TestMessage[]>;
  /** Waits until a queue has so many receivable messages. */
  untilReceivable(queueUrl: string, count: number): Promise<void>;
  recordDelivery(route: string, eventId: string, fields: RecordFields): Promise<void>;
  storePayload(key: string, bytes: Uint8Array): Promise<void>;
  removePayload(key: string): Promise<void>;
  /** Puts a route's breaker into a state, whatever it was in before. */
  setBreaker(route: string, state: Omit<BreakerState, 'version'>): Promise<void>;
  /** Puts anything at all where a route's breaker is kept, as another version of the relay may have written it. */
  storeBreakerItem(route: string, item: Readonly<Record<string, AttributeValue>>): Promise<void>;
  /** Empties all queues. Delivery records, breakers and payloads stay. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestMessage {
  readonly body: string;
  readonly attributes: CarriedAttributes;
}

export interface RecordFields {
  readonly status: 'delivering' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly lastStatus?: number;
  readonly lastError?: string;
  readonly lastAnswer?: string;
  /** Default: 0, long ago. */
  readonly firstReceivedAtMs?: number;
  readonly leaseExpiresAtMs?: number;
  readonly deliveredAtMs?: number;
}

/** A relay of two routes, `main` and `other`, made of emulators only. */
export async function startEmulatedRelay(): Promise<EmulatedRelay> {
  const fauxqs = await startFauxqs({ port: 0, host: loopback, logger: false });
  const tables = dynalite({ createTableMs: 0 });
  tables.listen(0, loopback);
  await once(tables, 'listening');
  const address = tables.address();
  if (address === null || typeof address === 'string') throw new Error('dynalite has no port');

  const endpoint = `http://${loopback}:${fauxqs.port}`;
  const dynamodbEndpoint = `http://${loopback}:${address.port}`;
  const settings = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const sqs = new SQSClient({ ...settings, endpoint });
  const s3 = new S3Client({ ...settings, endpoint });
  const dynamodb = new DynamoDBClient({ ...settings, endpoint: dynamodbEndpoint });

  const secrets = await emulateSecretsManager();
  const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:main';
  secrets.createSecret({ arn: secretArn, length: 48, excludedCharacters: '' });

  const metrics = await emulateCloudWatch();
  const lambda = await emulateLambda();

  const main = { ...(await createRoute(sqs, 'main')), secretArn, verify: { kind: 'open-messaging' as const } };
  const other = {
    ...(await createRoute(sqs, 'other')),
    verify: { kind: 'none' as const, acceptUnsigned: true as const },
  };
  await s3.send(new CreateBucketCommand({ Bucket: 'payloads' }));
  await createTable(dynamodb);

  const location: RelayLocation = {
    description: 'the emulated relay',
    flags: '--stack Emulated',
    stackName: 'Emulated',
    startedAtMs: Date.now(),
    routes: new Map<string, RouteLocation>([
      ['main', main],
      ['other', other],
    ]),
    deliveryTableName: tableName,
    payloadBucketName: 'payloads',
    access: {
      kind: 'emulators',
      sqs: endpoint,
      s3: endpoint,
      dynamodb: dynamodbEndpoint,
      secretsManager: secrets.url,
      lambda: lambda.url,
      cloudWatch: metrics.url,
    },
  };
  const relay = connectRelay(location);

  return {
    relay: { ...relay, queues: impatient(relay.queues) },
    location,
    main,
    other,
    sqs,
    secrets,
    metrics,
    lambda,
    sendTo: (queueUrl, message) => send(sqs, queueUrl, message),
    drain: (queueUrl) => drain(sqs, queueUrl),
    untilReceivable: (queueUrl, count) => untilReceivable(sqs, queueUrl, count),
    recordDelivery: async (route, eventId, { status, attempts, lastStatus, lastError, lastAnswer, ...times }) => {
      await dynamodb.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            pk: { S: deliveryKey(route, eventId) },
            status: { S: status },
            attempts: { N: String(attempts) },
            ...(lastStatus === undefined ? {} : { lastStatus: { N: String(lastStatus) } }),
            ...(lastError === undefined ? {} : { lastError: { S: lastError } }),
            ...(lastAnswer === undefined ? {} : { lastAnswer: { S: lastAnswer } }),
            leaseExpiresAtMs: { N: String(times.leaseExpiresAtMs ?? 0) },
            firstReceivedAtMs: { N: String(times.firstReceivedAtMs ?? 0) },
            ...(times.deliveredAtMs === undefined ? {} : { deliveredAtMs: { N: String(times.deliveredAtMs) } }),
            expiresAtSeconds: { N: '4102444800' },
          },
        }),
      );
    },
    storePayload: async (Key, Body) => {
      await s3.send(new PutObjectCommand({ Bucket: 'payloads', Key, Body }));
    },
    removePayload: async (Key) => {
      await s3.send(new DeleteObjectCommand({ Bucket: 'payloads', Key }));
    },
    setBreaker: async (route, state) => {
      await dynamodb.send(new DeleteItemCommand({ TableName: tableName, Key: { pk: { S: breakerKey(route) } } }));
      const written = await relay.breakers.replace(route, { ...state, version: 1 });
      if (written !== 'written') throw new Error(`somebody else changed the breaker of ${route}`);
    },
    storeBreakerItem: async (route, item) => {
      await dynamodb.send(
        new PutItemCommand({ TableName: tableName, Item: { ...item, pk: { S: breakerKey(route) } } }),
      );
    },
    reset: async () => {
      for (const { queueUrl, deadLetterQueueUrl } of [main, other]) {
        await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl }));
        await sqs.send(new PurgeQueueCommand({ QueueUrl: deadLetterQueueUrl }));
      }
    },
    stop: async () => {
      relay.close();
      for (const client of [sqs, s3, dynamodb]) client.destroy();
      await fauxqs.stop();
      await Promise.all([secrets.close(), metrics.close(), lambda.close()]);
      const closed = once(tables, 'close');
      tables.close();
      tables.closeAllConnections();
      await closed;
    },
  };
}

/** The wait before an empty answer is for queues spread over many servers; the emulator knows at once. */
function impatient(queues: MessageQueues): MessageQueues {
  return { ...queues, receive: (queueUrl, times) => queues.receive(queueUrl, { ...times, waitSeconds: 0 }) };
}

/** An event id that no other test uses: delivery records outlive a test, queues do not. */
export function newEventId(): string {
  return `event-${randomUUID()}`;
}

async function createRoute(sqs: SQSClient, name: string): Promise<Omit<RouteLocation, 'verify' | 'secretArn'>> {
  const deadLetterQueueUrl = await createQueue(sqs, `${name}-dlq`, {});
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetterQueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 1 });
  return {
    ingestUrl: `http://${loopback}/webhooks/${name}`,
    queueUrl: await createQueue(sqs, name, { RedrivePolicy }),
    deadLetterQueueUrl,
  };
}

async function createQueue(sqs: SQSClient, name: string, attributes: Record<string, string>): Promise<string> {
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: { VisibilityTimeout: '3600', MaximumMessageSize: '1048576', ...attributes },
    }),
  );
  if (QueueUrl === undefined) throw new Error(`queue ${name} was not created`);
  return QueueUrl;
}

async function createTable(dynamodb: DynamoDBClient): Promise<void> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
  await until('the table is active', async () => {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: tableName }));
    return Table?.TableStatus === 'ACTIVE';
  });
}

async function send(sqs: SQSClient, queueUrl: string, { body, attributes }: TestMessage): Promise<string> {
  const { MessageId } = await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, { type, value }]) => [
          name,
          typeof value === 'string' ? { DataType: type, StringValue: value } : { DataType: type, BinaryValue: value },
        ]),
      ),
    }),
  );
  if (MessageId === undefined) throw new Error('the message has no id');
  return MessageId;
}

async function drain(sqs: SQSClient, queueUrl: string): Promise<readonly TestMessage[]> {
  const drained: TestMessage[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 3600,
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return drained;
    for (const { Body = '', MessageAttributes = {} } of Messages) {
      const attributes = Object.entries(MessageAttributes).map(
        ([name, { DataType = '', StringValue, BinaryValue }]) =>
          [name, { type: DataType, value: StringValue ?? BinaryValue ?? '' }] as const,
      );
      drained.push({ body: Body, attributes: Object.fromEntries(attributes) });
    }
  }
}

async function untilReceivable(sqs: SQSClient, queueUrl: string, count: number): Promise<void> {
  await until(`${queueUrl} has ${count} receivable messages`, async () => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    return Attributes?.ApproximateNumberOfMessages === String(count);
  });
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 5000;
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error(`gave up waiting until ${what}`);
    await sleep(10);
  }
}
