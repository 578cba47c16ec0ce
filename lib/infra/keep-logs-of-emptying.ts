import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { RelayLogGroup } from './relay-log-group.ts';

/** CDK's name for the function that empties buckets before they are deleted. */
const emptier = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

/**
 * Gives the function that empties a bucket, where the stack has one, a log group that goes with the stack: Lambda would
 * make one that is kept for ever.
 */
export function keepLogsOfEmptying(scope: Construct, dataKey: IKey | undefined): void {
  const fn = Stack.of(scope).node.tryFindChild(emptier)?.node.tryFindChild('Handler');
  if (!CfnResource.isCfnResource(fn)) return;
  const logGroup = new RelayLogGroup(scope, 'EmptyingLogs', { dataKey });
  fn.addPropertyOverride('LoggingConfig', { LogGroup: logGroup.logGroupName });
}
