import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface RelayLogGroupProps {
  readonly dataKey: IKey | undefined;
  /** Undefined for one that CloudFormation makes up from the stack's. */
  readonly name?: string;
}

/** Logs of a month, which go with the stack. */
export class RelayLogGroup extends LogGroup {
  constructor(scope: Construct, id: string, { dataKey, name }: RelayLogGroupProps) {
    super(scope, id, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(name === undefined ? {} : { logGroupName: name }),
      ...(dataKey === undefined ? {} : { encryptionKey: dataKey }),
    });
  }
}
