import {
  type GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from '@jest/globals';
import { secretsManagerSource } from '../../lambdas/adapters/secrets-manager-source.ts';
import { acceptWebhook } from '../../lambdas/ingest/accept-webhook.ts';
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts';
import { signatureOf, signed } from '../support/signed-request.ts';

const requests = 1_000;

/** Secrets Manager's two versions of one secret. */
function rotatingSecret(first: string) {
  const versions: Record<string, string> = { AWSCURRENT: first };
  const calls: string[] = [];
  const client = {
    send: async ({ input }: GetSecretValueCommand) => {
      const stage = input.VersionStage ?? '';
      calls.push(stage);
      // Long enough for other requests to come in between.
      await new Promise((resolve) => setImmediate(resolve));
      const SecretString = versions[stage];
      if (SecretString === undefined) throw new ResourceNotFoundException({ message: stage, $metadata: {} });
      return { SecretString };
    },
  } as Pick<SecretsManagerClient, 'send'>;
  return {
    client,
    calls,
    rotate: (value: string) => Object.assign(versions, { AWSPREVIOUS: versions.AWSCURRENT, AWSCURRENT: value }),
  };
}

/** Instances of the function that each have a cache of their own, and share the queue and the clock. */
function instances(count: number, client: Pick<SecretsManagerClient, 'send'>): IngestWorld[] {
  return Array.from({ length: count }, () => {
    const world = ingestWorld();
    return { ...world, ports: { ...world.ports, secrets: secretsManagerSource(() => {}, client, world.clock.now) } };
  });
}

function webhook(number: number, secret: string) {
  const body = `{"id":"${number}"}`;
  return signed(body, { headers: { 'x-hub-signature-256': signatureOf(body, secret) } });
}

describe('a secret that is rotated under load', () => {
  test('refuses none of 1,000 requests, signed with the old and the new one in turn', async () => {
    const secret = rotatingSecret('old-secret-0001');
    const worlds = instances(3, secret.client);
    const kinds: string[] = [];
    let underWay: Promise<unknown>[] = [];
    for (let number = 0; number < requests; number += 1) {
      if (number === 300) secret.rotate('new-secret-0002');
      // From the rotation on, both are in use; in the last 300 requests only the new one.
      const usesNew = number >= 700 || (number >= 300 && number % 2 === 0);
      const world = worlds[number % worlds.length];
      if (world === undefined) throw new Error('there is no such instance');
      const request = webhook(number, usesNew ? 'new-secret-0002' : 'old-secret-0001');
      underWay.push(acceptWebhook(request, world.ports).then(({ kind }) => kinds.push(kind)));
      if (underWay.length === 10) {
        await Promise.all(underWay);
        underWay = [];
        for (const { clock } of worlds) clock.advance(100);
      }
    }
    await Promise.all(underWay);
    expect(kinds).toEqual(Array.from({ length: requests }, () => 'stored'));
    expect(worlds.reduce((sum, { queue }) => sum + queue.sent.length, 0)).toBe(requests);
    // A read at the start and an early one in each instance, of two calls each: what rotates costs no call per request.
    expect(secret.calls).toHaveLength(3 * 2 * 2);
  });

  test('is known with the one that it replaces, although it was rotated between two reads', async () => {
    const secret = rotatingSecret('old-secret-0001');
    secret.rotate('new-secret-0002');
    let rotateOnce: () => unknown = () => secret.rotate('newest-secret-0003');
    const send = async (command: GetSecretValueCommand) => {
      // Asked for at the same time, the previous version would be read before the rotation, the current one after it.
      if (command.input.VersionStage === 'AWSCURRENT') await new Promise((resolve) => setImmediate(resolve));
      const answer = await secret.client.send(command);
      rotateOnce();
      rotateOnce = () => {};
      return answer;
    };
    const source = secretsManagerSource(() => {}, { send } as Pick<SecretsManagerClient, 'send'>);
    expect(await source('arn:secret')).toContain('new-secret-0002');
  });

  test('is refused once it is retired, that is, two rotations old', async () => {
    const secret = rotatingSecret('old-secret-0001');
    const [world] = instances(1, secret.client);
    if (world === undefined) throw new Error('there is no instance');
    secret.rotate('new-secret-0002');
    expect(await acceptWebhook(webhook(1, 'old-secret-0001'), world.ports)).toMatchObject({ kind: 'stored' });
    secret.rotate('newest-secret-0003');
    world.clock.advance(300_000);
    const refused = { kind: 'refused', reason: 'signature-mismatch' };
    expect(await acceptWebhook(webhook(2, 'old-secret-0001'), world.ports)).toEqual(refused);
    expect(await acceptWebhook(webhook(3, 'new-secret-0002'), world.ports)).toMatchObject({ kind: 'stored' });
    expect(await acceptWebhook(webhook(4, 'newest-secret-0003'), world.ports)).toMatchObject({ kind: 'stored' });
  });
});
