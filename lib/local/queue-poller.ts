import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { describeError } from '../../lambdas/contract/errors.ts';
import { readBatchOutcome } from './batch-outcome.ts';
import { type Invoke, invocationProblem } from './invocation.ts';
import { type EventSource, splitIntoEvents, sqsRecord } from './sqs-event.ts';

/** The longest that SQS waits for a message. */
const longPollSeconds = 20;

/** Before the next try when the queue could not be read, which here can only be while everything is ending. */
const pauseAfterErrorMs = 250;

export interface QueuePollerOptions extends EventSource {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly batchSize: number;
  /** Batches in the function's hands at one time. */
  readonly maximumConcurrency: number;
  /** `ReportBatchItemFailures`: without it the function's response is not looked at. */
  readonly reportsItemFailures: boolean;
  readonly invoke: Invoke<SQSEvent>;
  /** One line for the terminal when a batch stays on the queue. */
  readonly onProblem: (line: string) => void;
}

export interface QueuePoller {
  /**
   * Receives nothing any more, and resolves when the last batch is settled. A long poll is cut short: a message that
   * SQS had just given to it becomes visible again with its visibility timeout, as one of a killed poller would.
   */
  stop(): Promise<void>;
}

/** Brings the messages of a queue to a function as Lambda's event source mapping does. */
export function startQueuePoller(options: QueuePollerOptions): QueuePoller {
  const stopping = new AbortController();
  const batches = new Set<Promise<void>>();

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      await freeSlot();
      const messages = await receive(options, stopping.signal);
      for (const event of splitIntoEvents(messages.map((message) => sqsRecord(message, options)))) {
        await freeSlot();
        // Not handed over, so not lost: it becomes visible again.
        if (stopping.signal.aborted) return;
        const batch = handOver(event, options).finally(() => batches.delete(batch));
        batches.add(batch);
      }
    }
  }

  async function freeSlot(): Promise<void> {
    while (batches.size >= options.maximumConcurrency) await Promise.race(batches);
  }

  const polling = poll();
  return {
    stop: async () => {
      stopping.abort();
      await polling;
      await Promise.all(batches);
    },
  };
}

async function receive(options: QueuePollerOptions, signal: AbortSignal): Promise<readonly Message[]> {
  try {
    const { Messages = [] } = await options.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: options.queueUrl,
        MaxNumberOfMessages: options.batchSize,
        WaitTimeSeconds: longPollSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
      { abortSignal: signal },
    );
    return Messages;
  } catch (error) {
    if (signal.aborted) return [];
    options.onProblem(`${options.queueUrl} cannot be read: ${describeError(error)}`);
    await sleep(pauseAfterErrorMs);
    return [];
  }
}

/** Never rejects: whatever goes wrong leaves messages on the queue, and they come again. */
async function handOver(event: SQSEvent, options: QueuePollerOptions): Promise<void> {
  const result = await options.invoke(event);
  if (result.kind !== 'returned') {
    options.onProblem(`a batch of ${event.Records.length} stays on ${options.queueUrl}: ${invocationProblem(result)}`);
    return;
  }
  const messageIds = new Set(event.Records.map((record) => record.messageId));
  const outcome = readBatchOutcome(options.reportsItemFailures ? result.value : undefined, messageIds);
  if (outcome.kind === 'kept') {
    options.onProblem(`a batch of ${event.Records.length} stays on ${options.queueUrl}: ${outcome.why}`);
    return;
  }
  const done = event.Records.filter((record) => !outcome.failedIds.has(record.messageId));
  await deleteMessages(
    done.map((record) => record.receiptHandle),
    options,
  );
}

async function deleteMessages(receiptHandles: readonly string[], options: QueuePollerOptions): Promise<void> {
  if (receiptHandles.length === 0) return;
  try {
    const { Failed = [] } = await options.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: options.queueUrl,
        Entries: receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    for (const { Message } of Failed)
      options.onProblem(`a message was not deleted from ${options.queueUrl}: ${Message}`);
  } catch (error) {
    options.onProblem(`messages were not deleted from ${options.queueUrl}: ${describeError(error)}`);
  }
}
