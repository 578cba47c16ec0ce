import type { Clock } from '../../../lambdas/contract/ports.ts';
import {
  emptyReceivesToStop,
  type MessageQueues,
  type ReceivedMessage,
  receiveWaitSeconds,
} from '../connection/message-queues.ts';

/** How long a killed peek would keep messages from everybody else. */
const visibilitySeconds = 30;

/**
 * Time for one queue: below the visibility timeout, so that no message comes round a second time and every receipt
 * handle is still good when the messages are given back.
 */
export const peekBudgetMs = 25_000;

export interface PeekRequest<Kept> {
  readonly queueUrl: string;
  /** What to keep of a message; undefined passes it over. Bodies can be 1 MiB each: keep them only when needed. */
  readonly keep: (message: ReceivedMessage) => Kept | undefined;
  readonly signal: AbortSignal;
}

export interface Peek<Kept> {
  readonly kept: readonly Kept[];
  /** False when time was up before the queue said it was empty: there are more. */
  readonly complete: boolean;
}

export interface PeekTools {
  readonly queues: Pick<MessageQueues, 'receive' | 'giveBack'>;
  readonly now: Clock;
}

/**
 * Looks at the messages of a queue and leaves them in it, receivable again at once.
 *
 * SQS has no peek: this receives and gives back. A standard queue answers from a sample of its servers, so it may
 * return a message twice (they are told apart by message id) or nothing while there is something: two empty answers
 * in a row, the second after a wait of 1 s, are taken for the end. A message that somebody else holds just then is not
 * seen.
 *
 * @throws OperatorError when the queue cannot be read, and the signal's reason when it is aborted.
 */
export async function peekQueue<Kept>(request: PeekRequest<Kept>, { queues, now }: PeekTools): Promise<Peek<Kept>> {
  const { queueUrl, keep, signal } = request;
  const startedAtMs = now();
  const handles = new Map<string, string>();
  const kept: Kept[] = [];
  let emptyReceives = 0;
  try {
    while (emptyReceives < emptyReceivesToStop) {
      signal.throwIfAborted();
      if (now() - startedAtMs >= peekBudgetMs) return { kept, complete: false };
      const messages = await queues.receive(queueUrl, {
        visibilitySeconds,
        waitSeconds: receiveWaitSeconds(emptyReceives),
      });
      emptyReceives = messages.length === 0 ? emptyReceives + 1 : 0;
      // All of the batch is taken down before `keep`, which may throw, sees the first.
      const fresh = messages.filter(({ messageId }) => !handles.has(messageId));
      for (const { messageId, receiptHandle } of messages) handles.set(messageId, receiptHandle);
      for (const message of fresh) {
        const result = keep(message);
        if (result !== undefined) kept.push(result);
      }
    }
    return { kept, complete: true };
  } finally {
    await giveBackQuietly(queues, queueUrl, [...handles.values()]);
  }
}

/**
 * Gives messages back where a failure must not hide what went wrong, or was done, before: they come back by
 * themselves when their visibility timeout ends.
 */
export async function giveBackQuietly(
  queues: Pick<MessageQueues, 'giveBack'>,
  queueUrl: string,
  receiptHandles: readonly string[],
): Promise<void> {
  await queues.giveBack(queueUrl, receiptHandles).catch(() => undefined);
}
