import { attributeNames } from '../../lambdas/contract/message-attributes.ts';
import type { NativeRedrive } from './emulate-sqs-and-s3.ts';
import type { LiveStep } from './live-step.ts';
import type { QueuePlan } from './plan-stores.ts';
import type { StackOutputs } from './stack-outputs.ts';

/** The step of a message that SQS set aside by itself: no function logs it, because none was asked. */
export function nativeRedriveStep(
  { queueName, messageId, attributes }: NativeRedrive,
  queues: readonly QueuePlan[],
  routes: StackOutputs['routes'],
): LiveStep {
  const queue = queues.find(({ name }) => name === queueName);
  const [route = queueName] = Object.entries(routes).find(([, { queueUrl }]) => queueUrl === queue?.url) ?? [];
  return {
    step: 'dead-letter',
    route,
    // A message that an operator wrote by hand has no event id; its own is the one to look for then.
    eventId: attributes[attributeNames.eventId] ?? messageId,
    attempt: 0,
    cause: 'receive-limit',
    error: `received ${queue?.maxReceiveCount} times without an outcome`,
  };
}
