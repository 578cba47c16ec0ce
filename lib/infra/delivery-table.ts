import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { breakerKey } from '../../lambdas/contract/breaker-state.ts';
import { deliveryKey } from '../../lambdas/contract/delivery-record.ts';
import type { ProcessorVariables } from '../../lambdas/contract/env.ts';
import { grantKeyThrough } from './data-key.ts';
import { dataRemovalPolicy } from './data-removal-policy.ts';
import type { RelayConfig } from './relay-config.ts';

const tableVariable = 'DELIVERY_TABLE' satisfies keyof ProcessorVariables;

/** What DynamoDB wants of whoever uses a table with a key of the account, to read or to write. */
const keyActions = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

export interface DeliveryTableProps extends Pick<RelayConfig, 'dataOnDestroy'> {
  readonly dataKey: IKey | undefined;
}

/** One item per event: its dedupe key and the account of its delivery. */
export class DeliveryTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: DeliveryTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAtSeconds',
      ...(props.dataKey === undefined
        ? {}
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: props.dataKey }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: dataRemovalPolicy(props.dataOnDestroy),
    });
  }

  /**
   * The records of this route's events, and its breaker. Reading is for the breaker, and for a lost condition: who holds
   * the event, and until when.
   */
  grantDeliver(fn: LambdaFunction, route: string): void {
    this.grantItems(fn, deliveryKey(route, '*'), 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    this.grantItems(fn, breakerKey(route), 'dynamodb:GetItem', 'dynamodb:PutItem');
    fn.addEnvironment(tableVariable, this.table.tableName);
  }

  /** Only the breakers: their keys begin with the word. */
  grantBreak(fn: LambdaFunction): void {
    this.grantItems(fn, breakerKey('*'), 'dynamodb:GetItem', 'dynamodb:PutItem');
    fn.addEnvironment(tableVariable, this.table.tableName);
  }

  /** Route names have neither `*` nor `?`: a pattern made from one matches nothing else. */
  private grantItems(fn: LambdaFunction, keys: string, ...actions: string[]): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions,
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [keys] } },
      }),
    );
    grantKeyThrough('dynamodb', this.table.encryptionKey, fn, ...keyActions);
  }
}
