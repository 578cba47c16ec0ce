import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { describeError } from '../../lambdas/contract/errors.ts';
import { readBatchOutcome } from './batch-outcome.ts';
import { type Invoke, invocationProblem } from './invocation.ts';
import type { QueueTrouble } from './queue-trouble.ts';

/** Where a batch goes, and where it came from. */
export interface BatchTarget {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** `ReportBatchItemFailures`: without it the function's response is not looked at. */
  readonly reportsItemFailures: boolean;
  readonly invoke: Invoke<SQSEvent>;
  /** One line for the terminal when a batch stays on the queue, or the queue cannot be used. */
  readonly onProblem: (line: string) => void;
}

/**
 * Invokes the function with a batch, and deletes what it settled. Never rejects: whatever goes wrong leaves messages on
 * the queue, and they come again.
 */
export async function handOverBatch(event: SQSEvent, target: BatchTarget, trouble: QueueTrouble): Promise<void> {
  const keep = (why: string | undefined) =>
    target.onProblem(`a batch of ${event.Records.length} stays on ${target.queueUrl}: ${why}`);
  const result = await target.invoke(event);
  if (result.kind !== 'returned') return keep(invocationProblem(result));
  const messageIds = new Set(event.Records.map((record) => record.messageId));
  const outcome = readBatchOutcome(target.reportsItemFailures ? result.value : undefined, messageIds);
  if (outcome.kind === 'kept') return keep(outcome.why);
  const done = event.Records.filter((record) => !outcome.failedIds.has(record.messageId));
  await deleteMessages(
    done.map((record) => record.receiptHandle),
    target,
    trouble,
  );
}

async function deleteMessages(
  receiptHandles: readonly string[],
  { sqs, queueUrl, onProblem }: BatchTarget,
  trouble: QueueTrouble,
): Promise<void> {
  if (receiptHandles.length === 0) return;
  try {
    const { Failed = [] } = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    for (const { Message } of Failed) onProblem(`a message was not deleted from ${queueUrl}: ${Message}`);
  } catch (error) {
    trouble.failed(`messages were not deleted from ${queueUrl}: ${describeError(error)}`);
  }
}
