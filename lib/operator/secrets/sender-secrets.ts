import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { naming } from '../operator-error.ts';

export interface SecretVersion {
  readonly value: string;
  readonly createdAtMs: number;
}

/** Both are valid; there is no previous one before the first rotation. */
export interface SecretVersions {
  readonly current: SecretVersion;
  readonly previous: SecretVersion | undefined;
}

/** The secrets that routes share with their senders. Everything rejects with an `OperatorError` that names the secret. */
export interface SenderSecrets {
  read(secretArn: string): Promise<SecretVersions>;
  /** Makes the value the current one; what was current stays valid as the previous one, and what was previous does not. */
  replace(secretArn: string, value: string): Promise<void>;
}

export function senderSecrets(client: SecretsManagerClient): SenderSecrets {
  async function version(SecretId: string, VersionStage: string): Promise<SecretVersion> {
    const answer = await client.send(new GetSecretValueCommand({ SecretId, VersionStage }));
    return { value: answer.SecretString ?? '', createdAtMs: answer.CreatedDate?.getTime() ?? 0 };
  }
  return {
    read: (secretArn) =>
      naming(`read secret ${secretArn}`, async () => ({
        current: await version(secretArn, 'AWSCURRENT'),
        previous: await version(secretArn, 'AWSPREVIOUS').catch(undefinedIfMissing),
      })),
    replace: (secretArn, value) =>
      naming(`write secret ${secretArn}`, async () => {
        await client.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: value }));
      }),
  };
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof ResourceNotFoundException) return undefined;
  throw error;
}
