import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { s3PayloadStore } from '../../../lambdas/adapters/s3-payload-store.ts';
import type { PayloadStore } from '../../../lambdas/contract/ports.ts';
import type { ReadDeliveryStates } from '../dead-letters/delivery-states.ts';
import { dynamoDeliveryStates } from '../dead-letters/dynamo-delivery-states.ts';
import { type RelayServices, relayServices } from '../doctor/relay-services.ts';
import { cloudWatchMetrics } from '../report/cloudwatch-metrics.ts';
import type { ReadMetrics } from '../report/read-figures.ts';
import { breakerStates, type StoredBreakers } from '../routes/breaker-states.ts';
import { type SenderSecrets, senderSecrets } from '../secrets/sender-secrets.ts';
import { awsSettings } from './aws-settings.ts';
import type { MessageMoves } from './message-moves.ts';
import type { MessageQueues } from './message-queues.ts';
import type { RelayAccess, RelayLocation } from './relay-location.ts';
import { sqsMessageMoves } from './sqs-message-moves.ts';
import { sqsMessageQueues } from './sqs-message-queues.ts';

/** One relay, within reach. */
export interface Relay {
  readonly location: RelayLocation;
  readonly queues: MessageQueues;
  readonly moves: MessageMoves;
  readonly readDeliveryStates: ReadDeliveryStates;
  /** Rejects with an `OperatorError` that names the route and the table. */
  readonly breakers: StoredBreakers;
  readonly readPayload: PayloadStore['get'];
  readonly storePayload: PayloadStore['put'];
  readonly secrets: SenderSecrets;
  readonly readMetrics: ReadMetrics;
  readonly services: RelayServices;
  /** Closes the connections; the relay cannot be used after. */
  close(): void;
}

export function connectRelay(location: RelayLocation): Relay {
  const clients = clientsFor(location.access);
  const { sqs, s3, dynamodb, secretsManager, cloudWatch } = clients;
  const payloads = s3PayloadStore(location.payloadBucketName, s3);
  return {
    location,
    queues: sqsMessageQueues(sqs),
    moves: sqsMessageMoves(sqs),
    readDeliveryStates: dynamoDeliveryStates(dynamodb, location.deliveryTableName),
    breakers: breakerStates(dynamodb, location.deliveryTableName),
    secrets: senderSecrets(secretsManager),
    readMetrics: cloudWatchMetrics(cloudWatch),
    services: relayServices(clients, location),
    readPayload: payloads.get,
    storePayload: payloads.put,
    close: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

interface Clients {
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly secretsManager: SecretsManagerClient;
  readonly lambda: LambdaClient;
  readonly cloudWatch: CloudWatchClient;
}

/** The SDK's own limits are none. An answer may take the second of a long poll, or that of a large payload. */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true };

function clientsFor(access: RelayAccess): Clients {
  if (access.kind === 'aws') {
    const config = { requestHandler, ...awsSettings(access) };
    return {
      // The host in a queue URL is not asked: with AWS_ENDPOINT_URL it would lead past the endpoint that was set.
      sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
      s3: new S3Client(config),
      dynamodb: new DynamoDBClient(config),
      secretsManager: new SecretsManagerClient(config),
      lambda: new LambdaClient(config),
      cloudWatch: new CloudWatchClient(config),
    };
  }
  // The emulators check neither, but the SDK signs nothing without both.
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const config = { requestHandler, region: 'us-east-1', credentials };
  return {
    sqs: new SQSClient({ ...config, endpoint: access.sqs }),
    s3: new S3Client({ ...config, endpoint: access.s3, forcePathStyle: true }),
    dynamodb: new DynamoDBClient({ ...config, endpoint: access.dynamodb }),
    secretsManager: new SecretsManagerClient({ ...config, endpoint: access.secretsManager }),
    lambda: new LambdaClient({ ...config, endpoint: access.lambda }),
    cloudWatch: new CloudWatchClient({ ...config, endpoint: access.cloudWatch }),
  };
}
