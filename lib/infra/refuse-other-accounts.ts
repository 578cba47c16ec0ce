import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Bucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { CfnQueuePolicy, type Queue } from 'aws-cdk-lib/aws-sqs';

/**
 * Refuses every request that does not come from this account, whatever somebody may later allow in another statement of
 * the queue's policy.
 *
 * @param removalPolicy the queue's own
 */
export function refuseOtherAccountsOnQueue(queue: Queue, removalPolicy: RemovalPolicy): void {
  queue.addToResourcePolicy(refusal(queue, 'sqs:*', [queue.queueArn]));
  keepPolicy(queue, removalPolicy);
}

/** The same for a bucket and its objects. */
export function refuseOtherAccountsOnBucket(bucket: Bucket, removalPolicy: RemovalPolicy): void {
  bucket.addToResourcePolicy(refusal(bucket, 's3:*', [bucket.bucketArn, bucket.arnForObjects('*')]));
  keepPolicy(bucket, removalPolicy);
}

/** What outlives the stack must not lose what it is guarded by: a policy is a resource of its own. */
function keepPolicy(resource: Queue | Bucket, removalPolicy: RemovalPolicy): void {
  for (const child of resource.node.findAll()) {
    if (child instanceof CfnQueuePolicy || child instanceof CfnBucketPolicy) child.applyRemovalPolicy(removalPolicy);
  }
}

function refusal(resource: Queue | Bucket, actions: string, resources: string[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'RefuseOtherAccounts',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: [actions],
    resources,
    conditions: {
      // Absent from an anonymous request, and "not equals" holds of what is absent.
      StringNotEquals: { 'aws:PrincipalAccount': Stack.of(resource).account },
      // AWS's own services act for no account. S3's upkeep must not be refused, nor must EventBridge, which the policy of
      // a queue lets in by the one rule that may send.
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    },
  });
}
