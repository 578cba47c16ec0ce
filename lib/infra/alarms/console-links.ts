import { Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/** A queue in the console. */
export function queueLink(queue: Queue): string {
  const { region, account } = Stack.of(queue);
  const url = `https%3A%2F%2Fsqs.${region}.amazonaws.com%2F${account}%2F${queue.queueName}`;
  return `https://${region}.console.aws.amazon.com/sqs/v3/home?region=${region}#/queues/${url}`;
}

/** A function's figures in the console, from where its log is one click away. */
export function functionLink(fn: IFunction): string {
  const { region } = Stack.of(fn);
  return `https://${region}.console.aws.amazon.com/lambda/home?region=${region}#/functions/${fn.functionName}?tab=monitoring`;
}

/** A dashboard in the console. */
export function dashboardLink(stack: Stack, name: string): string {
  return `https://${stack.region}.console.aws.amazon.com/cloudwatch/home?region=${stack.region}#dashboards/dashboard/${name}`;
}
