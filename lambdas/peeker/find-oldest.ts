import { emptyReceivesToStop, receiveWaitSeconds } from '../contract/empty-receives.ts';
import type { PeekQueue } from '../contract/peek-queue.ts';
import type { Clock } from '../contract/ports.ts';

export interface PeekPorts extends PeekQueue {
  readonly now: Clock;
}

/** How long a message that was looked at stays hidden where we die before it is given back. */
export const hiddenSeconds = 30;

/** How long is looked: less than a message is hidden, so that none comes round a second time. */
export const lookSeconds = 15;

/** As many as that time is enough for, and a bound to what is kept of them. */
export const mostMessages = 5_000;

export type Oldest =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'found';
      readonly sentAtMs: number;
      /** How many messages it is the oldest of. */
      readonly seen: number;
      /** False when there are more, of which one may be older: another look meets others. */
      readonly complete: boolean;
    };

/**
 * Finds the message that a dead letter queue will lose first.
 *
 * SQS has neither a peek nor an order, and tells of no single message how old it is: this receives all of them, or as
 * many as {@link lookSeconds} and {@link mostMessages} allow, and gives them back. That costs receives, which nothing
 * counts on a dead letter queue. SQS moves a message that was received three times to the back, so that where there are
 * too many for one look, the next one begins with others.
 *
 * Dead anywhere: what was taken is visible again after {@link hiddenSeconds}. A message that somebody else has in his
 * hands is not seen: `none` then, although the queue is not empty.
 */
export async function findOldest(queueUrl: string, ports: PeekPorts): Promise<Oldest> {
  if (await ports.isEmpty(queueUrl)) return { kind: 'none' };
  const endsAtMs = ports.now() + lookSeconds * 1_000;
  const handles = new Map<string, string>();
  let sentAtMs = Number.POSITIVE_INFINITY;
  let emptyReceives = 0;
  try {
    while (emptyReceives < emptyReceivesToStop && handles.size < mostMessages && ports.now() < endsAtMs) {
      const messages = await ports.take(queueUrl, { hiddenSeconds, waitSeconds: receiveWaitSeconds(emptyReceives) });
      emptyReceives = messages.length === 0 ? emptyReceives + 1 : 0;
      for (const message of messages) {
        handles.set(message.messageId, message.receiptHandle);
        sentAtMs = Math.min(sentAtMs, message.sentAtMs);
      }
    }
  } finally {
    // What cannot be given back comes back by itself, and is no reason to keep silent of what was seen.
    await ports.giveBack(queueUrl, [...handles.values()]).catch(() => undefined);
  }
  if (handles.size === 0) return { kind: 'none' };
  return { kind: 'found', sentAtMs, seen: handles.size, complete: emptyReceives === emptyReceivesToStop };
}
