import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ProcessorVariables } from '../../lambdas/contract/env.ts';
import { dataRemovalPolicy } from './data-removal-policy.ts';
import type { RelayConfig } from './relay-config.ts';

const tableVariable = 'DELIVERY_TABLE' satisfies keyof ProcessorVariables;

/** One item per event: its dedupe key and the account of its delivery. */
export class DeliveryTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: Pick<RelayConfig, 'dataOnDestroy'>) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAtSeconds',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: dataRemovalPolicy(props.dataOnDestroy),
    });
  }

  /** Reading is for the lost condition only: who holds the event, and until when. */
  grantDeliver(fn: LambdaFunction): void {
    this.table.grant(fn, 'dynamodb:UpdateItem', 'dynamodb:GetItem');
    fn.addEnvironment(tableVariable, this.table.tableName);
  }
}
