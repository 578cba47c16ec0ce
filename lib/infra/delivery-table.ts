import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { breakerKey } from '../../lambdas/contract/breaker-state.ts';
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

  /** Reading is for the route's breaker, and for a lost condition: who holds the event, and until when. */
  grantDeliver(fn: LambdaFunction): void {
    this.table.grant(fn, 'dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:PutItem');
    fn.addEnvironment(tableVariable, this.table.tableName);
  }

  /** Only the breakers: their keys begin with the word. */
  grantBreak(fn: LambdaFunction): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [breakerKey('*')] } },
      }),
    );
    fn.addEnvironment(tableVariable, this.table.tableName);
  }
}
