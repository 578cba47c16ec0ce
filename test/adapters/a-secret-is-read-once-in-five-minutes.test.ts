import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { secretsManagerSource } from '../../lambdas/adapters/secrets-manager-source.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { type RecordingServer, recordingServer } from '../support/recording-server.ts';
import { settableClock } from '../support/settable-clock.ts';

const fiveMinutesMs = 300_000;

describe('a secret', () => {
  let secrets: Record<string, string | undefined>;
  let server: RecordingServer;
  let client: SecretsManagerClient;

  beforeEach(async () => {
    secrets = { first: 'first secret', second: 'second secret' };
    server = await recordingServer((response, _number, request) => {
      const { SecretId } = JSON.parse(Buffer.from(request.body).toString());
      const value = secrets[SecretId];
      response.writeHead(value === undefined ? 500 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(value === undefined ? { __type: 'InternalServiceError' } : { SecretString: value }));
    });
    client = new SecretsManagerClient(localClientSettings(server.url));
  });
  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  test('is read once and kept for five minutes, not longer', async () => {
    const clock = settableClock();
    const source = secretsManagerSource(client, clock.now);
    expect(await source('first')).toEqual(['first secret']);
    secrets.first = 'rotated';
    clock.advance(fiveMinutesMs - 1);
    expect(await source('first')).toEqual(['first secret']);
    expect(server.requests).toHaveLength(1);
    clock.advance(1);
    expect(await source('first')).toEqual(['rotated']);
    expect(server.requests).toHaveLength(2);
  });

  test('is asked for once by requests that come at the same moment', async () => {
    const source = secretsManagerSource(client);
    const values = await Promise.all(Array.from({ length: 10 }, () => source('first')));
    expect(values).toEqual(Array.from({ length: 10 }, () => ['first secret']));
    expect(server.requests).toHaveLength(1);
  });

  test('that could not be read is asked for again by the next request', async () => {
    const source = secretsManagerSource(client);
    secrets.first = undefined;
    const failed = await Promise.allSettled([source('first'), source('first')]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(server.requests).toHaveLength(1);
    secrets.first = 'first secret';
    expect(await source('first')).toEqual(['first secret']);
  });

  test('of one route is not that of another', async () => {
    const source = secretsManagerSource(client);
    expect(await Promise.all([source('first'), source('second')])).toEqual([['first secret'], ['second secret']]);
    expect(await source('first')).toEqual(['first secret']);
    expect(server.requests).toHaveLength(2);
  });

  test('without a text is a fault of ours, never an empty key that anybody could sign with', async () => {
    secrets.first = '';
    await expect(secretsManagerSource(client)('first')).rejects.toThrow(ServiceUnavailableError);
  });
});
