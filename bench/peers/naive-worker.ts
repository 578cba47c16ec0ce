import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

const mostAttempts = 5;

/**
 * The worker that most teams write first: a long poll, one message after another, a pause of 2^n seconds in the loop
 * when a POST fails, and the message deleted when it is through.
 */
export async function runNaiveWorker(
  sqs: SQSClient,
  queueUrl: string,
  destination: string,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 }),
      { abortSignal: signal },
    );
    for (const { Body = '', ReceiptHandle } of Messages) {
      for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
        const response = await fetch(destination, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: Body,
        });
        if (response.ok) break;
        await sleep(2 ** attempt * 1_000);
      }
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
}
