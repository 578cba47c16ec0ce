import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { QueueDepth } from '../contract/ports.ts';

/** @throws ServiceUnavailableError when SQS does not tell */
export async function countMessages(client: SQSClient, queueUrl: string): Promise<QueueDepth> {
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
        Number(ApproximateNumberOfMessagesNotVisible ?? 0) + Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
    };
  } catch (error) {
    throw new ServiceUnavailableError('SQS did not count the messages', error);
  }
}
