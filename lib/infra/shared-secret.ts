import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { dataRemovalPolicy } from './data-removal-policy.ts';
import type { RelayConfig } from './relay-config.ts';

/**
 * Letters and digits: Genesys asks for more than 15 characters, and punctuation is lost in some admin forms. So many are
 * the base64 of 36 bytes as well, of which Standard Webhooks wants 24 to 64.
 */
const passwordLength = 48;

export interface SharedSecretProps extends Pick<RelayConfig, 'dataOnDestroy'> {
  /** What it is for, as whoever finds it in the console reads it. */
  readonly description: string;
  readonly dataKey: IKey | undefined;
}

/** What a route shares with its sender or its destination, made up by Secrets Manager. */
export class SharedSecret extends Secret {
  constructor(scope: Construct, id: string, { description, dataKey, dataOnDestroy }: SharedSecretProps) {
    super(scope, id, {
      description,
      generateSecretString: { passwordLength, excludePunctuation: true, includeSpace: false },
      ...(dataKey === undefined ? {} : { encryptionKey: dataKey }),
      removalPolicy: dataRemovalPolicy(dataOnDestroy),
    });
  }
}
