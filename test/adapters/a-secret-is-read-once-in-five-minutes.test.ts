import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { UnreadableSecret } from '../../lambdas/adapters/cached-secrets.ts';
import { secretsManagerSource } from '../../lambdas/adapters/secrets-manager-source.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { type RecordingServer, recordingServer } from '../support/recording-server.ts';
import { type SettableClock, settableClock } from '../support/settable-clock.ts';

const fiveMinutesMs = 300_000;
const halfMinuteMs = 30_000;
const hourMs = 3_600_000;

describe('a secret', () => {
  let secrets: Record<string, string>;
  let previous: Record<string, string>;
  let down: boolean;
  let previousDown: boolean;
  let server: RecordingServer;
  let client: SecretsManagerClient;
  let clock: SettableClock;
  let told: UnreadableSecret[];
  const tell = (unreadable: UnreadableSecret) => told.push(unreadable);

  beforeEach(async () => {
    told = [];
    secrets = { first: 'first secret', second: 'second secret' };
    previous = {};
    down = false;
    previousDown = false;
    clock = settableClock();
    server = await recordingServer((response, _number, request) => {
      const { SecretId, VersionStage } = JSON.parse(Buffer.from(request.body).toString());
      const isPrevious = VersionStage === 'AWSPREVIOUS';
      const value = (isPrevious ? previous : secrets)[SecretId];
      const [status, body] =
        down || (isPrevious && previousDown)
          ? [500, { __type: 'InternalServiceError' }]
          : value === undefined
            ? [400, { __type: 'ResourceNotFoundException' }]
            : [200, { SecretString: value }];
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    });
    client = new SecretsManagerClient(localClientSettings(server.url));
  });
  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  /** Each read asks for the previous version, too, unless it has failed before. */
  function reads(): number {
    return server.requests.filter(({ body }) => Buffer.from(body).includes('AWSCURRENT')).length;
  }

  test('is read once and kept for five minutes, not longer', async () => {
    const source = secretsManagerSource(tell, client, clock.now);
    expect(await source('first')).toEqual(['first secret']);
    secrets.first = 'rotated';
    clock.advance(fiveMinutesMs - 1);
    expect(await source('first')).toEqual(['first secret']);
    expect(reads()).toBe(1);
    clock.advance(1);
    expect(await source('first')).toEqual(['rotated']);
    expect(reads()).toBe(2);
  });

  test('is asked for once by requests that come at the same moment', async () => {
    const source = secretsManagerSource(tell, client);
    const values = await Promise.all(Array.from({ length: 10 }, () => source('first')));
    expect(values).toEqual(Array.from({ length: 10 }, () => ['first secret']));
    expect(reads()).toBe(1);
  });

  test('that could not be read is asked for again by the next request', async () => {
    const source = secretsManagerSource(tell, client);
    down = true;
    const failed = await Promise.allSettled([source('first'), source('first')]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(reads()).toBe(1);
    down = false;
    expect(await source('first')).toEqual(['first secret']);
  });

  test('of one route is not that of another', async () => {
    const source = secretsManagerSource(tell, client);
    expect(await Promise.all([source('first'), source('second')])).toEqual([['first secret'], ['second secret']]);
    expect(await source('first')).toEqual(['first secret']);
    expect(reads()).toBe(2);
  });

  test('that does not exist, or has no text, is a fault of ours, never an empty key that anybody could sign with', async () => {
    secrets.first = '';
    await expect(secretsManagerSource(tell, client)('first')).rejects.toThrow(ServiceUnavailableError);
    await expect(secretsManagerSource(tell, client)('third')).rejects.toThrow(ServiceUnavailableError);
  });

  test('is valid in its current and its previous version, but not in an empty one', async () => {
    previous = { first: 'replaced', second: '' };
    const source = secretsManagerSource(tell, client);
    expect(await source('first')).toEqual(['first secret', 'replaced']);
    expect(await source('second')).toEqual(['second secret']);
  });

  test('whose previous version cannot be told is not known: the sender may still sign with it', async () => {
    previousDown = true;
    await expect(secretsManagerSource(tell, client)('first')).rejects.toThrow(ServiceUnavailableError);
  });

  describe('under which a request was refused', () => {
    test('is read early, and by nobody else for half a minute', async () => {
      const source = secretsManagerSource(tell, client, clock.now);
      const old = await source('first');
      secrets.first = 'rotated';
      expect(await source('first', { refused: old })).toEqual(['rotated']);
      const current = await source('first');
      clock.advance(halfMinuteMs - 1);
      expect(await source('first', { refused: current })).toBe(current);
      expect(reads()).toBe(2);
      clock.advance(1);
      await source('first', { refused: current });
      expect(reads()).toBe(3);
    });

    test('is read once for many that are refused at the same moment', async () => {
      const source = secretsManagerSource(tell, client, clock.now);
      const old = await source('first');
      secrets.first = 'rotated';
      const values = await Promise.all(Array.from({ length: 10 }, () => source('first', { refused: old })));
      expect(values).toEqual(Array.from({ length: 10 }, () => ['rotated']));
      expect(reads()).toBe(2);
    });

    test('is not read again for one that was refused under what has been replaced meanwhile', async () => {
      const source = secretsManagerSource(tell, client, clock.now);
      const old = await source('first');
      clock.advance(fiveMinutesMs);
      await source('first');
      await source('first', { refused: old });
      expect(reads()).toBe(2);
    });

    test('decides nothing while it cannot be read again, and is asked for no more often', async () => {
      const source = secretsManagerSource(tell, client, clock.now);
      const old = await source('first');
      down = true;
      await expect(source('first', { refused: old })).rejects.toThrow(ServiceUnavailableError);
      await expect(source('first', { refused: old })).rejects.toThrow(ServiceUnavailableError);
      expect(reads()).toBe(2);
      expect(await source('first')).toEqual(['first secret']);
      down = false;
      clock.advance(halfMinuteMs);
      expect(await source('first', { refused: old })).toEqual(['first secret']);
    });
  });

  describe('that cannot be read again', () => {
    test('is used for an hour, not longer, and tried each half minute', async () => {
      const source = secretsManagerSource(tell, client, clock.now);
      await source('first');
      down = true;
      clock.advance(fiveMinutesMs);
      expect(await source('first')).toEqual(['first secret']);
      clock.advance(halfMinuteMs - 1);
      expect(await source('first')).toEqual(['first secret']);
      expect(reads()).toBe(2);
      clock.advance(1);
      expect(await source('first')).toEqual(['first secret']);
      expect(reads()).toBe(3);
      clock.advance(hourMs);
      await expect(source('first')).rejects.toThrow(ServiceUnavailableError);
    });

    test('is replaced as soon as it can be', async () => {
      const source = secretsManagerSource(tell, client, clock.now);
      await source('first');
      down = true;
      clock.advance(fiveMinutesMs);
      await source('first');
      [down, secrets.first] = [false, 'rotated'];
      clock.advance(halfMinuteMs);
      expect(await source('first')).toEqual(['rotated']);
    });
  });

  describe('that cannot be read is told of', () => {
    const error = expect.stringContaining('Secrets Manager did not return the secret');

    test('as stale while an older reading of it helps, and as none when that is too old', async () => {
      const source = secretsManagerSource(tell, client, clock.now);
      await source('first');
      down = true;
      clock.advance(fiveMinutesMs);
      await source('first');
      expect(told).toEqual([{ secret: 'first', inUse: 'stale', error }]);
      clock.advance(hourMs);
      await expect(source('first')).rejects.toThrow(ServiceUnavailableError);
      expect(told.slice(1)).toEqual([{ secret: 'first', inUse: 'none', error }]);
    });

    test('once for each time that it is tried again, however many events need it meanwhile', async () => {
      const source = secretsManagerSource(tell, client, clock.now);
      await source('first');
      down = true;
      clock.advance(fiveMinutesMs);
      for (let event = 0; event < 20; event++) await source('first');
      expect(told).toHaveLength(1);
      clock.advance(halfMinuteMs);
      await source('first');
      expect(told).toHaveLength(2);
    });

    test('once in half a minute where each request has to try, for there is nothing to go by', async () => {
      const source = secretsManagerSource(tell, client, clock.now);
      down = true;
      for (let request = 0; request < 20; request++) await source('first').catch(() => {});
      expect(told).toEqual([{ secret: 'first', inUse: 'none', error }]);
      await source('second').catch(() => {});
      expect(told.map(({ secret }) => secret)).toEqual(['first', 'second']);
      clock.advance(halfMinuteMs);
      await source('first').catch(() => {});
      expect(told).toHaveLength(3);
    });

    test('when a request that was refused asks for it early', async () => {
      const source = secretsManagerSource(tell, client, clock.now);
      const old = await source('first');
      down = true;
      await expect(source('first', { refused: old })).rejects.toThrow(ServiceUnavailableError);
      expect(told).toEqual([{ secret: 'first', inUse: 'stale', error }]);
    });

    test('and not when it can be read', async () => {
      const source = secretsManagerSource(tell, client, clock.now);
      await source('first');
      clock.advance(fiveMinutesMs);
      await source('first');
      expect(told).toEqual([]);
    });
  });
});
