import { emptyReceivesToStop, receiveWaitSeconds } from '../../../lambdas/contract/empty-receives.ts';
import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { MessageQueues, ReceivedMessage } from '../connection/message-queues.ts';

/** How long a killed peek at a queue of some hundred messages would keep them from everybody else. */
const leastVisibilitySeconds = 30;

/** The same for a queue of any size. */
const mostVisibilitySeconds = 300;

/** What a slow line is sure to carry: ten messages in a call of half a second, by a few readers at a time. */
const leastMessagesPerSecond = 100;

/** One reader is enough for so many messages. */
const messagesPerReader = 200;
const mostReaders = 8;

/** Left at the end of the visibility timeout, so that every receipt handle is still good when messages are given back. */
const reserveMs = 5_000;

export interface PeekRequest {
  readonly queueUrl: string;
  /** How many messages the queue holds, as far as that is known: a long queue is read by more readers, and held longer. */
  readonly expected: number;
  /**
   * Gets the messages as they come, each once, ten at most: bodies can be 1 MiB each, so that nothing of them is kept
   * here. The reader waits for it; other readers may come with theirs meanwhile.
   */
  readonly visit: (messages: readonly ReceivedMessage[]) => Promise<void> | void;
  readonly signal: AbortSignal;
}

export interface Peek {
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
 * All of it has to fit into one visibility timeout: given back before the end, SQS would hand the same messages out again
 * in place of those not seen yet. What is kept of a message until then is its id and its receipt handle, about half a
 * kilobyte, and SQS lets no more than 120,000 be held at a time.
 *
 * @throws OperatorError when the queue cannot be read, and the signal's reason when it is aborted.
 */
export async function peekQueue(request: PeekRequest, { queues, now }: PeekTools): Promise<Peek> {
  const { queueUrl, visit, signal } = request;
  const visibilitySeconds = visibilityFor(request.expected);
  const endsAtMs = now() + visibilitySeconds * 1_000 - reserveMs;
  const handles = new Map<string, string>();
  let complete = true;
  const failures: unknown[] = [];

  const read = async (): Promise<void> => {
    let emptyReceives = 0;
    while (emptyReceives < emptyReceivesToStop && failures.length === 0) {
      signal.throwIfAborted();
      if (now() >= endsAtMs) {
        complete = false;
        return;
      }
      const messages = await queues.receive(queueUrl, {
        visibilitySeconds,
        waitSeconds: receiveWaitSeconds(emptyReceives),
      });
      emptyReceives = messages.length === 0 ? emptyReceives + 1 : 0;
      // All of the batch is taken down before `visit`, which may throw, sees the first.
      const fresh = messages.filter(({ messageId }) => !handles.has(messageId));
      for (const { messageId, receiptHandle } of messages) handles.set(messageId, receiptHandle);
      if (fresh.length > 0) await visit(fresh);
    }
  };

  try {
    const readers = Array.from({ length: readersFor(request.expected) }, read);
    // Settled, not all: when one reader fails, the others must be done before everything is given back.
    await Promise.all(readers.map((reader) => reader.catch((error: unknown) => failures.push(error))));
    if (failures.length > 0) throw failures[0];
    return { complete };
  } finally {
    await giveBackQuietly(queues, queueUrl, [...handles.values()]);
  }
}

function readersFor(expected: number): number {
  return Math.min(mostReaders, Math.max(1, Math.ceil(expected / messagesPerReader)));
}

function visibilityFor(expected: number): number {
  return Math.min(mostVisibilitySeconds, leastVisibilitySeconds + Math.ceil(expected / leastMessagesPerSecond));
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
