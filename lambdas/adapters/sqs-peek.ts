import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { largestBatch } from '../contract/aws-limits.ts';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { PeekedMessage, PeekQueue } from '../contract/peek-queue.ts';
import { countMessages } from './sqs-count-messages.ts';
import { sqsWaitingClient } from './sqs-waiting-client.ts';

/** Batches on their way at once: a thousand messages are given back within a second. */
const batchesAtOnce = 10;

/** Looks at queues whose messages nobody works off. Costs each message a receive. */
export function sqsPeek(client: SQSClient = sqsWaitingClient()): PeekQueue {
  async function showAgain(queueUrl: string, receiptHandles: readonly string[]): Promise<void> {
    const Entries = receiptHandles.map((ReceiptHandle, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  }

  return {
    async isEmpty(queueUrl) {
      const { visible, hidden } = await countMessages(client, queueUrl);
      return visible + hidden === 0;
    },

    async take(queueUrl, { hiddenSeconds, waitSeconds }) {
      try {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: largestBatch,
            VisibilityTimeout: hiddenSeconds,
            WaitTimeSeconds: waitSeconds,
            MessageSystemAttributeNames: ['SentTimestamp'],
          }),
        );
        return Messages.map(peeked);
      } catch (error) {
        throw new ServiceUnavailableError('SQS did not show its messages', error);
      }
    },

    async giveBack(queueUrl, receiptHandles) {
      const batches: (readonly string[])[] = [];
      for (let next = 0; next < receiptHandles.length; next += largestBatch) {
        batches.push(receiptHandles.slice(next, next + largestBatch));
      }
      try {
        for (let next = 0; next < batches.length; next += batchesAtOnce) {
          await Promise.all(batches.slice(next, next + batchesAtOnce).map((batch) => showAgain(queueUrl, batch)));
        }
      } catch (error) {
        throw new ServiceUnavailableError('SQS did not take the messages back', error);
      }
    },
  };
}

function peeked({ MessageId = '', ReceiptHandle = '', Attributes }: Message): PeekedMessage {
  return { messageId: MessageId, receiptHandle: ReceiptHandle, sentAtMs: Number(Attributes?.SentTimestamp) };
}
