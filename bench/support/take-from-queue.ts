import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { largestBatch } from '../../lambdas/contract/aws-limits.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import type { BenchRelay, BenchRoute } from './bench-relay.ts';

/** Receives and deletes so many messages by tens, in some lanes side by side, as Lambda does; nobody looks at them. */
export async function takeFromQueue(
  relay: BenchRelay,
  { queue }: Pick<BenchRoute, 'queue'>,
  count: number,
  lanes: number,
): Promise<void> {
  const sqs = new SQSClient(localClientSettings(relay.urls.sqs));
  let left = count;
  const lane = async () => {
    while (left > 0) {
      const wanted = Math.min(largestBatch, left);
      left -= wanted;
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queue.url,
          MaxNumberOfMessages: wanted,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  sqs.destroy();
}
