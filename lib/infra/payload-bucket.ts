import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { IngestVariables } from '../../lambdas/contract/env.ts';
import { spillPrefix, trialKey, trialPrefix } from '../../lambdas/contract/parked-message.ts';
import { payloadKey, payloadPrefix } from '../../lambdas/contract/payload-pointer.ts';
import { grantKeyThrough } from './data-key.ts';
import { dataRemovalPolicy } from './data-removal-policy.ts';
import { keepLogsOfEmptying } from './keep-logs-of-emptying.ts';
import { refuseOtherAccountsOnBucket } from './refuse-other-accounts.ts';
import type { RelayConfig } from './relay-config.ts';
import { payloadLifeSeconds, trialLifeSeconds } from './timings.ts';

const bucketVariable = 'PAYLOAD_BUCKET' satisfies keyof IngestVariables;

export interface PayloadBucketProps extends Pick<RelayConfig, 'dataOnDestroy'> {
  readonly dataKey: IKey | undefined;
}

/**
 * Bodies that are too large for a queue message, which nothing but their lifecycle rule deletes; and webhooks that SQS
 * did not take, which no rule may ever delete: the sender was told that they are stored.
 */
export class PayloadBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: PayloadBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      ...(props.dataKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey: props.dataKey, bucketKeyEnabled: true }),
      removalPolicy: dataRemovalPolicy(props.dataOnDestroy),
      autoDeleteObjects: props.dataOnDestroy === 'delete',
      lifecycleRules: [
        { id: 'PayloadsExpire', prefix: payloadPrefix, expiration: Duration.seconds(payloadLifeSeconds) },
        { id: 'TrialsExpire', prefix: trialPrefix, expiration: Duration.seconds(trialLifeSeconds) },
        { id: 'AbandonedUploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    refuseOtherAccountsOnBucket(this.bucket, dataRemovalPolicy(props.dataOnDestroy));
    keepLogsOfEmptying(this, props.dataKey);
  }

  grantOffload(fn: LambdaFunction): void {
    // `grantPut` would add tagging, legal hold and retention.
    this.grantObjects(fn, `${payloadPrefix}*`, 's3:PutObject');
    fn.addEnvironment(bucketVariable, this.bucket.bucketName);
  }

  grantSpill(fn: LambdaFunction): void {
    this.grantObjects(fn, `${spillPrefix}*`, 's3:PutObject');
    fn.addEnvironment(bucketVariable, this.bucket.bucketName);
  }

  /** Listing has no condition on the prefix, for the reason that `grantLoad` gives. */
  grantSweep(fn: LambdaFunction): void {
    this.grantObjects(fn, `${spillPrefix}*`, 's3:GetObject', 's3:DeleteObject');
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
    fn.addEnvironment(bucketVariable, this.bucket.bucketName);
  }

  /**
   * Only this route's bodies. Without the right to list, S3 answers 403 for an object that does not exist, and a
   * missing payload could not be told from a broken permission: the first is a dead letter, the second is mended by a
   * deployment and must be retried until then. (No condition on the prefix: a GetObject has none to compare with.)
   */
  grantLoad(fn: LambdaFunction, route: string): void {
    this.grantObjects(fn, payloadKey(route, '*'), 's3:GetObject');
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
    fn.addEnvironment(bucketVariable, this.bucket.bucketName);
  }

  /** Copies of this route's events, for its destination to be tried with; taken back when another processor was faster. */
  grantParkTrial(fn: LambdaFunction, route: string): void {
    this.grantObjects(fn, trialKey(route, '*'), 's3:PutObject', 's3:DeleteObject');
  }

  /** The copies of all routes. Listing is what tells a copy that is gone from a broken permission: see `grantLoad`. */
  grantTrials(fn: LambdaFunction): void {
    this.grantObjects(fn, `${trialPrefix}*`, 's3:GetObject', 's3:PutObject', 's3:DeleteObject');
    fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }));
    fn.addEnvironment(bucketVariable, this.bucket.bucketName);
  }

  private grantObjects(fn: LambdaFunction, keys: string, ...actions: string[]): void {
    fn.addToRolePolicy(new PolicyStatement({ actions, resources: [this.bucket.arnForObjects(keys)] }));
    const key = this.bucket.encryptionKey;
    if (actions.includes('s3:GetObject')) grantKeyThrough('s3', key, fn, 'kms:Decrypt');
    if (actions.includes('s3:PutObject')) grantKeyThrough('s3', key, fn, 'kms:GenerateDataKey');
  }
}
