import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { Clock, SecretSource } from '../contract/ports.ts';
import { callLimits } from './call-limits.ts';
import { callWithin } from './call-within.ts';

/** How long a secret is used without asking again. */
const secretLifeMs = 5 * 60_000;

interface CachedSecret {
  readonly value: Promise<readonly string[]>;
  readonly expiresAtMs: number;
}

/** Secrets from Secrets Manager, read once per environment and kept for five minutes. */
export function secretsManagerSource(
  client: SecretsManagerClient = new SecretsManagerClient(callLimits),
  now: Clock = Date.now,
): SecretSource {
  const cache = new Map<string, CachedSecret>();

  async function read(secretArn: string, withinMs: number | undefined): Promise<readonly string[]> {
    const command = new GetSecretValueCommand({ SecretId: secretArn });
    try {
      const { SecretString } = await callWithin(withinMs, (options) => client.send(command, options));
      if (SecretString === undefined || SecretString === '') throw new Error('the secret has no text');
      return [SecretString];
    } catch (error) {
      // A failed read is not kept: the next request asks again, however often this one was shared.
      cache.delete(secretArn);
      throw new ServiceUnavailableError('Secrets Manager did not return the secret', error);
    }
  }

  return (secretArn, withinMs) => {
    const cached = cache.get(secretArn);
    if (cached !== undefined && now() < cached.expiresAtMs) return cached.value;
    const value = read(secretArn, withinMs);
    cache.set(secretArn, { value, expiresAtMs: now() + secretLifeMs });
    return value;
  };
}
