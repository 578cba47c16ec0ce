import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { callLimits } from '../../lambdas/adapters/call-limits.ts';
import { callWithin } from '../../lambdas/adapters/call-within.ts';
import { sqsSend } from '../../lambdas/adapters/sqs-queue.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { hangs } from '../support/fail-calls.ts';
import { recordingServer } from '../support/recording-server.ts';

describe('a call', () => {
  test('returns what it comes to', async () => {
    expect(await callWithin(1_000, async () => 'done')).toBe('done');
    expect(await callWithin(undefined, async () => 'done')).toBe('done');
  });

  test('throws what it throws', async () => {
    await expect(callWithin(1_000, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  });

  test('is given up in time though its client minds no signal', async () => {
    await expect(callWithin(50, hangs)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('without any time is given up at once, and not made without a limit', async () => {
    let limit: number | undefined;
    const call = callWithin(0, ({ requestTimeout }) => {
      limit = requestTimeout;
      return hangs();
    });
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(limit).toBeGreaterThan(0);
  });

  test('gives each of its tries a share of its time', async () => {
    expect(await callWithin(3_000, async ({ requestTimeout }) => requestTimeout)).toBe(1_500);
  });
});

test('a service whose first connection hangs is asked again on a second one before the time is over', async () => {
  const server = await recordingServer((response, number) => {
    if (number > 1) response.end('{"MessageId":"m"}');
  });
  const client = new SQSClient({ ...localClientSettings(server.url), ...callLimits, md5: false });
  await sqsSend(client)(`${server.url}/000000000000/queue`, { body: 'x', attributes: {} }, { withinMs: 4_000 });
  expect(server.requests).toHaveLength(2);
  client.destroy();
  await server.close();
});
