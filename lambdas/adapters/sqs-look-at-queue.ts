import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { BreakerPorts } from '../breaker/breaker-ports.ts';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { MessageAttributes } from '../contract/message-attributes.ts';
import { callLimits } from './call-limits.ts';

/** Only with a wait does SQS ask all its servers, so that an empty answer means an empty queue. */
const receiveWaitSeconds = 1;

/** How long a message stays hidden if we die between receiving it and giving it back. */
const hiddenSeconds = 30;

/** What the breaker wants to know of queues that it does not work off. */
export function sqsLookAtQueue(
  client: SQSClient = new SQSClient({
    ...callLimits,
    requestHandler: {
      ...callLimits.requestHandler,
      requestTimeout: callLimits.requestHandler.requestTimeout + receiveWaitSeconds * 1_000,
    },
  }),
): Pick<BreakerPorts, 'copyOne' | 'depthOf'> {
  return {
    async copyOne(queueUrl) {
      try {
        const { Messages } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: 1,
            VisibilityTimeout: hiddenSeconds,
            WaitTimeSeconds: receiveWaitSeconds,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['SentTimestamp'],
          }),
        );
        const [message] = Messages ?? [];
        if (message === undefined) return undefined;
        await client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: queueUrl,
            ReceiptHandle: message.ReceiptHandle,
            VisibilityTimeout: 0,
          }),
        );
        return copyOf(message);
      } catch (error) {
        throw new ServiceUnavailableError('SQS did not show a message', error);
      }
    },

    async depthOf(queueUrl) {
      try {
        const { Attributes = {} } = await client.send(
          new GetQueueAttributesCommand({
            QueueUrl: queueUrl,
            AttributeNames: [
              'ApproximateNumberOfMessages',
              'ApproximateNumberOfMessagesNotVisible',
              'ApproximateNumberOfMessagesDelayed',
            ],
          }),
        );
        const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
        return {
          visible: Number(ApproximateNumberOfMessages ?? 0),
          hidden:
            Number(ApproximateNumberOfMessagesNotVisible ?? 0) +
            Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
        };
      } catch (error) {
        throw new ServiceUnavailableError('SQS did not count the messages', error);
      }
    },
  };
}

function copyOf({ MessageId, Body, Attributes, MessageAttributes = {} }: Message) {
  return {
    messageId: MessageId ?? '',
    sentAtMs: Number(Attributes?.SentTimestamp ?? 0),
    message: { body: Body ?? '', attributes: textAttributes(MessageAttributes) },
  };
}

/** Binary attributes are not ours: they are left out. */
function textAttributes(attributes: Record<string, MessageAttributeValue>): MessageAttributes {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { DataType, StringValue }]) =>
      StringValue === undefined
        ? []
        : [[name, { type: DataType === 'Number' ? 'Number' : 'String', value: StringValue }]],
    ),
  );
}
