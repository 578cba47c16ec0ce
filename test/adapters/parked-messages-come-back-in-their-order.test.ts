import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callLimits } from '../../lambdas/adapters/call-limits.ts';
import { s3ParkedObjects } from '../../lambdas/adapters/s3-parked-objects.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import { spillKey, spillPrefix, trialKey } from '../../lambdas/contract/parked-message.ts';
import type { ParkedObjects } from '../../lambdas/contract/ports.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { emulatedQueues } from '../support/emulated-aws.ts';
import { memoryParkedObjects } from '../support/memory-parked-objects.ts';
import { recordingServer } from '../support/recording-server.ts';

interface ObjectsUnderTest {
  readonly parked: ParkedObjects;
  close(): Promise<void>;
}

const implementations: readonly [string, () => Promise<ObjectsUnderTest>][] = [
  ['in memory', async () => ({ parked: memoryParkedObjects(), close: async () => {} })],
  [
    'in S3',
    async () => {
      const { s3, bucket, close } = await emulatedQueues();
      return { parked: s3ParkedObjects(bucket, s3), close };
    },
  ],
];

describe.each(implementations)('a message parked %s', (_where, open) => {
  let port: ObjectsUnderTest;
  beforeAll(async () => {
    port = await open();
  });
  afterAll(() => port.close());

  test('comes back as the text that went in, and is replaced by the next one', async () => {
    const { parked } = port;
    const key = trialKey('replaced', 'one');
    await parked.put(key, '{"body":"\u2603 \u{1f600} \\u0000"}');
    expect(await parked.get(key)).toBe('{"body":"\u2603 \u{1f600} \\u0000"}');
    await parked.put(key, '{}');
    expect(await parked.get(key)).toBe('{}');
  });

  test('that is not there is missing, before and after it was', async () => {
    const { parked } = port;
    const key = trialKey('gone', 'one');
    expect(await parked.get(key)).toBe('missing');
    await parked.put(key, '{}');
    await parked.delete(key);
    expect(await parked.get(key)).toBe('missing');
  });

  test('can be deleted twice', async () => {
    const { parked } = port;
    await parked.put(trialKey('twice', 'one'), '{}');
    await parked.delete(trialKey('twice', 'one'));
    await parked.delete(trialKey('twice', 'one'));
  });

  test('is listed among those of its prefix, the oldest first, from wherever the last page ended', async () => {
    const { parked } = port;
    const keys = [spillKey(9, 'a', 'r'), spillKey(10, 'a', 'r'), spillKey(1_772_619_322_417, 'a', 'r')];
    for (const key of [...keys].reverse()) await parked.put(key, '{}');
    await parked.put(trialKey('listed', 'one'), '{}');
    expect(await parked.list(spillPrefix)).toEqual(keys);
    expect(await parked.list(spillPrefix, keys[0])).toEqual(keys.slice(1));
    expect(await parked.list(spillPrefix, keys[2])).toEqual([]);
  });

  test('under another prefix than any is not listed', async () => {
    expect(await port.parked.list(trialKey('none', ''))).toEqual([]);
  });
});

describe('an S3 that is in trouble', () => {
  const faults: readonly [string, number, string][] = [
    ['denies access', 403, 'AccessDenied'],
    ['has lost the bucket', 404, 'NoSuchBucket'],
    ['is broken', 500, 'InternalError'],
    ['asks to slow down', 503, 'SlowDown'],
  ];

  test.each(faults)('%s: nothing is said about what is parked', async (_fault, status, code) => {
    const server = await recordingServer((response) => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
    });
    const client = new S3Client(localClientSettings(server.url));
    const parked = s3ParkedObjects('payload-bucket', client);
    await expect(parked.put('k', '{}')).rejects.toThrow(ServiceUnavailableError);
    await expect(parked.get('k')).rejects.toThrow(ServiceUnavailableError);
    await expect(parked.delete('k')).rejects.toThrow(ServiceUnavailableError);
    await expect(parked.list(spillPrefix)).rejects.toThrow(ServiceUnavailableError);
    client.destroy();
    await server.close();
  });

  test('never answers: a message is given up when its time is over', async () => {
    const server = await recordingServer(() => {});
    const client = new S3Client({ ...localClientSettings(server.url), ...callLimits });
    const startedMs = performance.now();
    const parking = s3ParkedObjects('payload-bucket', client).put('k', '{}', 300);
    await expect(parking).rejects.toThrow(ServiceUnavailableError);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    client.destroy();
    await server.close();
  });
});
