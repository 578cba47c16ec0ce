import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describeError } from '../../lambdas/contract/errors.ts';
import { type BatchTarget, handOverBatch } from './hand-over-batch.ts';
import { type QueueTrouble, watchQueueTrouble } from './queue-trouble.ts';
import { type EventSource, splitIntoEvents, sqsRecord } from './sqs-event.ts';

/** The longest that SQS waits for a message. */
const longPollSeconds = 20;

/** Before the next try when the queue could not be read. */
const pauseAfterErrorMs = 250;

/** Before a long poll that has not ended is ended again. */
const pauseBetweenCallsMs = 10;

export interface PollerSettings {
  readonly enabled: boolean;
  /** Batches in the function's hands at one time. */
  readonly maximumConcurrency: number;
}

export interface QueuePollerOptions extends EventSource, PollerSettings, BatchTarget {
  readonly batchSize: number;
  /** Makes SQS answer every long poll of the queue at once. */
  readonly answerLongPolls: () => void;
}

export interface QueuePoller {
  /**
   * Takes effect at once, also on a long poll that is under way. What it has received by then is still handed over, as
   * Lambda does with what it had received before a mapping was disabled.
   */
  change(settings: PollerSettings): void;
  /**
   * Receives nothing any more, and resolves when the last batch is settled. A long poll is broken off: a message that
   * SQS had just given to it becomes visible again with its visibility timeout, as one of a killed poller would.
   */
  stop(): Promise<void>;
}

/** Brings the messages of a queue to a function as Lambda's event source mapping does. */
export function startQueuePoller(options: QueuePollerOptions): QueuePoller {
  const stopping = new AbortController();
  const trouble = watchQueueTrouble(options.queueUrl, options.onProblem);
  const batches = new Set<Promise<void>>();
  let settings: PollerSettings = options;
  let receiving = false;
  let changed = Promise.withResolvers<void>();

  function somethingChanged(): void {
    changed.resolve();
    changed = Promise.withResolvers();
  }

  async function waitUntil(holds: () => boolean): Promise<void> {
    while (!holds() && !stopping.signal.aborted) await changed.promise;
  }

  const hasRoom = () => batches.size < settings.maximumConcurrency;

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      await waitUntil(() => settings.enabled && hasRoom());
      receiving = true;
      const messages = await receive(options, trouble, stopping.signal);
      receiving = false;
      for (const event of splitIntoEvents(messages.map((message) => sqsRecord(message, options)))) {
        await waitUntil(hasRoom);
        // Not handed over, so not lost: it becomes visible again.
        if (stopping.signal.aborted) return;
        const batch = handOverBatch(event, options, trouble).finally(() => {
          batches.delete(batch);
          somethingChanged();
        });
        batches.add(batch);
      }
    }
  }

  async function endLongPoll(): Promise<void> {
    while (receiving && !settings.enabled && !stopping.signal.aborted) {
      options.answerLongPolls();
      // The request may have been on its way to the queue still, and missed that.
      await sleep(pauseBetweenCallsMs);
    }
  }

  const polling = poll();
  return {
    change: (next) => {
      settings = next;
      somethingChanged();
      endLongPoll();
    },
    stop: async () => {
      stopping.abort();
      somethingChanged();
      await polling;
      await Promise.all(batches);
    },
  };
}

async function receive(
  options: QueuePollerOptions,
  trouble: QueueTrouble,
  signal: AbortSignal,
): Promise<readonly Message[]> {
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
    trouble.worked();
    return Messages;
  } catch (error) {
    if (signal.aborted) return [];
    trouble.failed(`${options.queueUrl} cannot be read: ${describeError(error)}`);
    await sleep(pauseAfterErrorMs);
    return [];
  }
}
