import {
  GetQueueAttributesCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { MessageAttributes } from '../contract/message-attributes.ts';
import type { LookAtQueue } from '../contract/ports.ts';
import { callLimits } from './call-limits.ts';
import { sqsHide } from './sqs-queue.ts';

/** Only with a wait does SQS ask all its servers, so that an empty answer means an empty queue. */
const receiveWaitSeconds = 1;

/** The most that SQS gives at once. */
const mostAtOnce = 10;

/** How long a message stays hidden if we die before it is hidden for longer. */
const takenSeconds = 30;

/** What the breaker wants to know of queues that it does not work off. */
export function sqsLookAtQueue(
  client: SQSClient = new SQSClient({
    ...callLimits,
    requestHandler: {
      ...callLimits.requestHandler,
      requestTimeout: callLimits.requestHandler.requestTimeout + receiveWaitSeconds * 1_000,
    },
  }),
): LookAtQueue {
  return {
    async takeSome(queueUrl, most) {
      try {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: Math.min(most, mostAtOnce),
            VisibilityTimeout: takenSeconds,
            WaitTimeSeconds: receiveWaitSeconds,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['SentTimestamp'],
          }),
        );
        return Messages.map((message) => ({ receiptHandle: message.ReceiptHandle ?? '', copy: copyOf(message) }));
      } catch (error) {
        throw new ServiceUnavailableError('SQS did not show its messages', error);
      }
    },

    hideTaken: (queueUrl, receiptHandle, seconds) => sqsHide(queueUrl, client)(receiptHandle, seconds),

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
