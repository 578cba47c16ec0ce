import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Emulators, startEmulators } from '../../lib/local/emulators.ts';
import { localClientSettings, relayAppId } from '../../lib/local/local-client.ts';
import type { OutageService } from '../../lib/local/outages.ts';
import { watchQueueTrouble } from '../../lib/local/queue-trouble.ts';
import { createTeardown } from '../../lib/local/teardown.ts';

const teardown = createTeardown();
const services: readonly OutageService[] = ['sqs', 's3', 'dynamodb'];
let emulators: Emulators;
let relay: Clients;
let onlooker: Clients;

interface Clients {
  readonly call: Readonly<Record<OutageService, (signal?: AbortSignal) => Promise<unknown>>>;
  /** An upload that needs more than one packet. */
  upload(): Promise<unknown>;
}

function createClients(userAgentAppId: string): Clients {
  const settings = (url: string) => ({ ...localClientSettings(url), userAgentAppId });
  const sqs = new SQSClient(settings(emulators.queuesAndBuckets.url));
  const s3 = new S3Client(settings(emulators.queuesAndBuckets.url));
  const dynamodb = new DynamoDBClient(settings(emulators.tables.url));
  teardown.defer(async () => {
    for (const client of [sqs, s3, dynamodb]) client.destroy();
  });
  const within = (abortSignal: AbortSignal | undefined) => (abortSignal === undefined ? {} : { abortSignal });
  return {
    call: {
      sqs: (signal) => sqs.send(new ListQueuesCommand({}), within(signal)),
      s3: (signal) => s3.send(new ListBucketsCommand({}), within(signal)),
      dynamodb: (signal) => dynamodb.send(new ListTablesCommand({}), within(signal)),
    },
    upload: () => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: Buffer.alloc(3_000_000) })),
  };
}

beforeAll(async () => {
  emulators = await startEmulators(teardown, () => {});
  emulators.queuesAndBuckets.createBucket('bucket');
  relay = createClients(relayAppId);
  onlooker = createClients('a-test');
  // With their connections open, calls arrive in the order in which they are made.
  for (const { call } of [relay, onlooker]) await Promise.all(services.map((service) => call[service]()));
});

afterEach(() => {
  for (const service of services) emulators.outages.set(service, 'none');
});

afterAll(() => teardown.run());

describe.each(services)('an outage of %s', (service) => {
  test('that refuses answers the relay 503, and hits nothing and nobody else', async () => {
    emulators.outages.set(service, 'refuse');
    await expect(relay.call[service]()).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      $metadata: { httpStatusCode: 503 },
    });
    await onlooker.call[service]();
    for (const other of services) if (other !== service) await relay.call[other]();
    emulators.outages.set(service, 'none');
    await relay.call[service]();
  });

  test('that hangs gives no answer until it is over, and cuts the connection then', async () => {
    emulators.outages.set(service, 'hang');
    const hanging = relay.call[service]().then(
      () => 'answered',
      () => 'cut',
    );
    await onlooker.call[service]();
    const patience = AbortSignal.timeout(50);
    await expect(relay.call[service](patience)).rejects.toMatchObject({ name: 'AbortError' });
    emulators.outages.set(service, 'none');
    expect(await hanging).toBe('cut');
    await relay.call[service]();
  });
});

test('an upload that is refused gets to know it', async () => {
  emulators.outages.set('s3', 'refuse');
  await expect(relay.upload()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  emulators.outages.set('s3', 'none');
  await relay.upload();
});

test('trouble with a queue is told when it begins and when it ends', () => {
  const lines: string[] = [];
  const trouble = watchQueueTrouble('Q', (line) => lines.push(line));
  trouble.worked();
  trouble.failed('Q cannot be read');
  trouble.failed('Q cannot be read');
  trouble.worked();
  trouble.worked();
  trouble.failed('Q is gone');
  expect(lines).toEqual(['Q cannot be read', 'Q can be used again', 'Q is gone']);
});
