import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { accessLogGroupName } from './access-logs.ts';
import { dataRemovalPolicy } from './data-removal-policy.ts';
import type { RelayConfig } from './relay-config.ts';

/** The key of the account that everything the relay keeps is encrypted with, where the config asks for one. */
export class DataKey extends Key {
  constructor(scope: Construct, id: string, props: Pick<RelayConfig, 'dataOnDestroy'>) {
    super(scope, id, {
      description: `Encrypts what ${Stack.of(scope).stackName} keeps: without it nothing of that can be read`,
      enableKeyRotation: true,
      // It stays as long as the data does.
      removalPolicy: dataRemovalPolicy(props.dataOnDestroy),
    });
    this.allowLogs();
    this.allowAlarms();
  }

  /** CloudWatch Logs uses the key itself, for the log groups of this stack only. */
  private allowLogs(): void {
    const stack = Stack.of(this);
    const groups = [`${stack.stackName}-*`, accessLogGroupName(stack)].map((resourceName) =>
      stack.formatArn({
        service: 'logs',
        resource: 'log-group',
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LogsOfThisStack',
        principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
        actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups } },
      }),
    );
  }

  /**
   * Alarms publish to an encrypted topic. Those of this account: CloudWatch names it when it uses a key (SNS guide, "Key
   * management", confused deputy), and could otherwise be made to use this one by anybody's alarm.
   */
  private allowAlarms(): void {
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsToTheirTopic',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}

/**
 * Permission to have a service use the key for what it keeps. The function itself cannot use it for anything.
 *
 * @param key undefined where the service has a key of its own, and nothing is to be granted
 */
export function grantKeyThrough(
  service: 's3' | 'sqs' | 'dynamodb' | 'secretsmanager',
  key: IKey | undefined,
  fn: LambdaFunction,
  ...actions: string[]
): void {
  if (key === undefined) return;
  const { region } = Stack.of(fn);
  fn.addToRolePolicy(
    new PolicyStatement({
      actions,
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } },
    }),
  );
}
