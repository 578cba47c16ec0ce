import {
  DeleteMessageCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { largestBatch } from '../contract/aws-limits.ts';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { MessageAttributes } from '../contract/message-attributes.ts';
import type { TrialMessage } from '../contract/parked-message.ts';
import type { LookAtQueue } from '../contract/ports.ts';
import { countMessages } from './sqs-count-messages.ts';
import { sqsHide } from './sqs-queue.ts';
import { receiveWaitSeconds, sqsWaitingClient } from './sqs-waiting-client.ts';

/** How long a message stays hidden if we die before it is hidden for longer. */
const takenSeconds = 30;

/** What SQS says of a message that is visible again, gone, or taken by somebody else since. */
const notInOurHands: ReadonlySet<string> = new Set([
  'InvalidParameterValue',
  // Without its header for older clients.
  'InvalidParameterValueException',
  'MessageNotInflight',
  'ReceiptHandleIsInvalid',
]);

/** What the breaker wants to know of queues that it does not work off. */
export function sqsLookAtQueue(client: SQSClient = sqsWaitingClient()): LookAtQueue {
  async function remove(queueUrl: string, receiptHandle: string): Promise<void> {
    try {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
    } catch (error) {
      throw new ServiceUnavailableError('SQS did not delete a message', error);
    }
  }

  return {
    async takeSome(queueUrl, most) {
      try {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: Math.min(most, largestBatch),
            VisibilityTimeout: takenSeconds,
            WaitTimeSeconds: receiveWaitSeconds,
            MessageAttributeNames: ['All'],
          }),
        );
        return Messages.map(copyOf);
      } catch (error) {
        throw new ServiceUnavailableError('SQS did not show its messages', error);
      }
    },

    hideTaken: (queueUrl, receiptHandle, seconds) =>
      unlessOutOfHands(() => sqsHide(queueUrl, client)(receiptHandle, seconds)),

    removeTaken: (queueUrl, receiptHandle) => unlessOutOfHands(() => remove(queueUrl, receiptHandle)),

    depthOf: (queueUrl) => countMessages(client, queueUrl),
  };
}

/** What is to be done to a message that is in our hands no longer is done already, or somebody else's matter. */
async function unlessOutOfHands(call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    const answer = error instanceof Error ? error.cause : undefined;
    if (!(answer instanceof Error && notInOurHands.has(answer.name))) throw error;
  }
}

function copyOf({ MessageId, ReceiptHandle, Body, MessageAttributes = {} }: Message): TrialMessage {
  return {
    messageId: MessageId ?? '',
    receiptHandle: ReceiptHandle ?? '',
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
