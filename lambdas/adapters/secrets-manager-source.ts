import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { Clock, SecretSource } from '../contract/ports.ts';
import { cachedSecrets, type TellUnreadable } from './cached-secrets.ts';
import { callLimits } from './call-limits.ts';
import { callWithin } from './call-within.ts';

/**
 * A secret's current and previous version from Secrets Manager, kept as in `cached-secrets.ts`. Both are valid: after a
 * rotation the sender signs with the old one until somebody has told it the new one. The one before those is not.
 *
 * @param tell told of a secret that cannot be read, also while an older reading of it helps
 */
export function secretsManagerSource(
  tell: TellUnreadable,
  client: Pick<SecretsManagerClient, 'send'> = new SecretsManagerClient(callLimits),
  now: Clock = Date.now,
): SecretSource {
  async function read(secretArn: string, withinMs: number | undefined): Promise<readonly string[]> {
    try {
      const beganAtMs = now();
      const current = await version(secretArn, 'AWSCURRENT', withinMs);
      // Not at the same time: a rotation between the two would show the newest and the one before the last, and what is
      // signed with the last would be refused. In this order it shows the last one twice.
      const leftMs = withinMs === undefined ? undefined : Math.max(0, withinMs - (now() - beganAtMs));
      const previous = await version(secretArn, 'AWSPREVIOUS', leftMs).catch(nothingIfMissing);
      if (current === '') throw new Error('the secret has no text');
      return previous === '' ? [current] : [current, previous];
    } catch (error) {
      throw new ServiceUnavailableError('Secrets Manager did not return the secret', error);
    }
  }

  async function version(SecretId: string, VersionStage: string, withinMs: number | undefined): Promise<string> {
    const command = new GetSecretValueCommand({ SecretId, VersionStage });
    const { SecretString = '' } = await callWithin(withinMs, (options) => client.send(command, options));
    return SecretString;
  }

  return cachedSecrets(read, now, tell);
}

/** A secret that was never rotated has no previous version. */
function nothingIfMissing(error: unknown): '' {
  if (error instanceof ResourceNotFoundException) return '';
  throw error;
}
