import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { s3PayloadStore } from '../../lambdas/adapters/s3-payload-store.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import type { PayloadStore } from '../../lambdas/contract/ports.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { byteStrings } from '../support/arbitraries.ts';
import { emulatedQueues } from '../support/emulated-aws.ts';
import { memoryPayloadStore } from '../support/memory-payload-store.ts';
import { recordingServer } from '../support/recording-server.ts';

interface StoreUnderTest {
  readonly store: PayloadStore;
  close(): Promise<void>;
}

const implementations: readonly [string, () => Promise<StoreUnderTest>][] = [
  ['in memory', async () => ({ store: memoryPayloadStore(), close: async () => {} })],
  [
    'in S3',
    async () => {
      const { s3, bucket, close } = await emulatedQueues();
      return { store: s3PayloadStore(bucket, s3), close };
    },
  ],
];

describe.each(implementations)('a payload %s', (_where, open) => {
  let port: StoreUnderTest;
  beforeAll(async () => {
    port = await open();
  });
  afterAll(() => port.close());

  async function throughStore(bytes: Uint8Array): Promise<Uint8Array | 'missing'> {
    const { store } = port;
    await store.put('payloads/open-messaging/one', bytes, 'application/json');
    const loaded = await store.get({ bucket: store.bucket, key: 'payloads/open-messaging/one' }, 2_000);
    return loaded === 'missing' ? loaded : new Uint8Array(loaded);
  }

  test('comes back as the bytes that went in, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(byteStrings, async (bytes) => expect(await throughStore(bytes)).toEqual(bytes)),
      { numRuns: 50 },
    );
  });

  test('of a megabyte comes back whole', async () => {
    const bytes = Uint8Array.from({ length: 1_048_576 }, (_, index) => (index * 7) % 256);
    const loaded = await throughStore(bytes);
    expect(loaded !== 'missing' && Buffer.compare(loaded, bytes)).toBe(0);
  });

  test('without a content type is stored all the same', async () => {
    const { store } = port;
    await store.put('payloads/open-messaging/two', Buffer.from('x'), undefined);
    expect(await store.get({ bucket: store.bucket, key: 'payloads/open-messaging/two' }, 2_000)).not.toBe('missing');
  });

  test('that is not there is missing', async () => {
    const { store } = port;
    expect(await store.get({ bucket: store.bucket, key: 'payloads/open-messaging/none' }, 2_000)).toBe('missing');
  });
});

describe('an S3 that is in trouble', () => {
  const faults: readonly [string, number, string][] = [
    ['denies access', 403, 'AccessDenied'],
    ['has lost the bucket', 404, 'NoSuchBucket'],
    ['is broken', 500, 'InternalError'],
    ['asks to slow down', 503, 'SlowDown'],
  ];

  test.each(faults)('%s: nothing is said about the payload', async (_fault, status, code) => {
    const server = await recordingServer((response) => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
    });
    const client = new S3Client(localClientSettings(server.url));
    const store = s3PayloadStore('payload-bucket', client);
    await expect(store.get({ bucket: 'payload-bucket', key: 'k' }, 2_000)).rejects.toThrow(ServiceUnavailableError);
    await expect(store.put('k', Buffer.from('x'), undefined)).rejects.toThrow(ServiceUnavailableError);
    client.destroy();
    await server.close();
  });

  test('sends half a body and stalls: nothing is said about the payload, and in time', async () => {
    const server = await recordingServer((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('half');
    });
    const client = new S3Client(localClientSettings(server.url));
    const startedMs = performance.now();
    const loading = s3PayloadStore('payload-bucket', client).get({ bucket: 'payload-bucket', key: 'k' }, 300);
    await expect(loading).rejects.toThrow(ServiceUnavailableError);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    client.destroy();
    await server.close();
  });
});
