import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';

/** The ARN of a queue, by which other calls than those of SQS know it. */
export async function queueArnOf(queueUrl: string, client: SQSClient): Promise<string> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  return z.string().parse(Attributes?.QueueArn);
}
