import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { grantKeyThrough } from './data-key.ts';

/** Permission to read a secret's values. The construct's own `grantRead` would let the function describe it as well. */
export function grantReadSecret(secret: Secret, fn: LambdaFunction): void {
  fn.addToRolePolicy(
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] }),
  );
  grantKeyThrough('secretsmanager', secret.encryptionKey, fn, 'kms:Decrypt');
}
