import type { Clock } from '../../../lambdas/contract/ports.ts';
import {
  emptyReceivesToStop,
  type MessageQueues,
  type ReceivedMessage,
  receiveWaitSeconds,
} from '../connection/message-queues.ts';
import { reasonOf } from '../operator-error.ts';
import { giveBackQuietly } from './peek-queue.ts';
import type { PlannedRedrive, RedrivePlan, RouteRedrive } from './plan-redrive.ts';
import { redriveAttributes } from './redrive-attributes.ts';

/** Enough for ten messages sent and deleted one by one, with the SDK's own retries. */
const visibilitySeconds = 60;

/** What became of one planned message. */
export type RedriveOutcome =
  | { readonly kind: 'redriven' }
  /** Not in the dead letter queue any more, or held by somebody else. */
  | { readonly kind: 'missing' }
  /** Still in the dead letter queue. */
  | { readonly kind: 'failed'; readonly error: string }
  /** The operator stopped before its turn. */
  | { readonly kind: 'not-reached' };

export interface RedrivenMessage extends PlannedRedrive {
  readonly route: string;
  readonly outcome: RedriveOutcome;
}

export interface RedriveTools {
  readonly queues: MessageQueues;
  readonly now: Clock;
  /** Aborted: the message at hand is finished, and no other begun. */
  readonly signal: AbortSignal;
  readonly onProgress: (message: RedrivenMessage) => void;
}

/**
 * Puts the planned messages, and no others, back on their queues. Never rejects: whatever happens midway, the answer
 * says of each planned message what became of it.
 */
export async function executeRedrive(plan: RedrivePlan, tools: RedriveTools): Promise<readonly RedrivenMessage[]> {
  const done: RedrivenMessage[] = [];
  for (const group of plan) done.push(...(await redriveRoute(group, tools)));
  return done;
}

async function redriveRoute(group: RouteRedrive, tools: RedriveTools): Promise<readonly RedrivenMessage[]> {
  const { queues, signal } = tools;
  const pending = new Map(group.messages.map((message) => [message.messageId, message]));
  /** Handles of what we received and did not take off the queue. */
  const held = new Map<string, string>();
  const done: RedrivenMessage[] = [];
  const finish = (message: PlannedRedrive, outcome: RedriveOutcome): void => {
    pending.delete(message.messageId);
    const finished = { ...message, route: group.route, outcome };
    done.push(finished);
    tools.onProgress(finished);
  };

  let rest: RedriveOutcome = { kind: 'missing' };
  try {
    let fruitlessReceives = 0;
    while (pending.size > 0 && fruitlessReceives < emptyReceivesToStop && !signal.aborted) {
      const messages = await queues.receive(group.deadLetterQueueUrl, {
        visibilitySeconds,
        waitSeconds: receiveWaitSeconds(fruitlessReceives),
      });
      // A long redrive outlives the visibility of what it holds; messages that only come round again count as none.
      const isFruitless = messages.every(({ messageId }) => held.has(messageId));
      fruitlessReceives = isFruitless ? fruitlessReceives + 1 : 0;
      // Messages outside the plan are held, too, until the queue was gone through: given back before that, SQS would
      // hand them out again and again in place of the planned ones.
      for (const { messageId, receiptHandle } of messages) held.set(messageId, receiptHandle);
      for (const message of messages) {
        const planned = pending.get(message.messageId);
        if (planned === undefined || signal.aborted) continue;
        const outcome = await redriveMessage(message, group, tools);
        if (outcome.kind === 'redriven') held.delete(message.messageId);
        finish(planned, outcome);
      }
    }
  } catch (error) {
    rest = { kind: 'failed', error: reasonOf(error) };
  } finally {
    await giveBackQuietly(queues, group.deadLetterQueueUrl, [...held.values()]);
  }
  if (signal.aborted) rest = { kind: 'not-reached' };
  for (const message of [...pending.values()]) finish(message, rest);
  return done;
}

/**
 * Sends, then deletes. A crash between the two leaves a copy in the dead letter queue, never a hole: if that copy is
 * redriven, too, the delivery record of the event keeps it from being posted a second time.
 */
async function redriveMessage(
  message: ReceivedMessage,
  { queueUrl, deadLetterQueueUrl }: RouteRedrive,
  { queues, now }: RedriveTools,
): Promise<RedriveOutcome> {
  try {
    await queues.send(queueUrl, { body: message.body, attributes: redriveAttributes(message.attributes, now()) });
  } catch (error) {
    return { kind: 'failed', error: reasonOf(error) };
  }
  try {
    await queues.delete(deadLetterQueueUrl, message.receiptHandle);
  } catch (error) {
    return {
      kind: 'failed',
      error: `sent, but a copy is left in the dead letter queue, harmless to redrive again: ${reasonOf(error)}`,
    };
  }
  return { kind: 'redriven' };
}
