import { emptyReceivesToStop, receiveWaitSeconds } from '../../../lambdas/contract/empty-receives.ts';
import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { MessageQueues, ReceivedMessage } from '../connection/message-queues.ts';
import { giveBackQuietly } from '../dead-letters/peek-queue.ts';
import { reasonOf } from '../operator-error.ts';
import type { PlannedRedrive, RedrivePlan, RouteRedrive } from './plan-redrive.ts';
import { redriveAttributes } from './redrive-attributes.ts';

/** Enough for ten messages at a slow rate, with the SDK's own retries. */
const visibilitySeconds = 60;

/**
 * No message is begun that SQS may show to somebody else before it is sent and deleted: what is left of the visibility
 * timeout has to cover the SDK's retries of both calls.
 */
const leastHoldMs = 15_000;

/**
 * How long a message is waited for that somebody else holds: another command, or the look that the relay itself takes at
 * its dead letters four times an hour. A minute in all, since a look hides them for half of one.
 */
const heldWaitSeconds = 2;
const mostHeldWaits = 30;

/** A rate of 20 a second over a line of 100 ms is two calls each, four messages at a time; ten leave room. */
const mostAtHand = 10;

/** What became of one planned message. */
export type RedriveOutcome =
  | { readonly kind: 'redriven' }
  /** Not in the dead letter queue any more, or held by somebody else. */
  | { readonly kind: 'missing' }
  /** Still in the dead letter queue. */
  | { readonly kind: 'failed'; readonly error: string }
  /** The redrive was stopped before its turn. */
  | { readonly kind: 'not-reached' };

export interface RedrivenMessage extends PlannedRedrive {
  readonly route: string;
  readonly outcome: RedriveOutcome;
}

export interface RedriveTools {
  readonly queues: MessageQueues;
  readonly now: Clock;
  /** Aborted: the messages at hand are finished, and no other begun. */
  readonly signal: AbortSignal;
  /**
   * Asked before each message, never twice at a time; resolves when its turn has come. `stop` ends the redrive there.
   *
   * @param atHand resolves when the messages begun before are finished
   */
  readonly turn: (route: string, atHand: () => Promise<void>) => Promise<'go' | 'stop'>;
  readonly onProgress: (message: RedrivenMessage) => void;
  /** Called for what was received beside the planned messages, as an event that has failed again is. */
  readonly onOther: (route: string, message: ReceivedMessage) => void;
}

/**
 * Puts the planned messages, and no others, back on their queues. Never rejects: whatever happens midway, the answer
 * says of each planned message what became of it.
 */
export async function executeRedrive(plan: RedrivePlan, tools: RedriveTools): Promise<readonly RedrivenMessage[]> {
  const done: RedrivenMessage[] = [];
  let isStopped = false;
  for (const group of plan) {
    const redrive = await redriveRoute(group, tools, isStopped);
    done.push(...redrive.done);
    isStopped = redrive.isStopped;
  }
  return done;
}

interface RouteProgress {
  readonly done: readonly RedrivenMessage[];
  readonly isStopped: boolean;
}

async function redriveRoute(group: RouteRedrive, tools: RedriveTools, wasStopped: boolean): Promise<RouteProgress> {
  const { route, deadLetterQueueUrl } = group;
  const { queues, now, signal } = tools;
  const pending = new Map(group.messages.map((message) => [message.messageId, message]));
  /** Handles of what we received and did not take off the queue. */
  const held = new Map<string, string>();
  const atHand = new Set<Promise<void>>();
  const allAtHand = async (): Promise<void> => {
    await Promise.all(atHand);
  };
  const done: RedrivenMessage[] = [];
  const finish = (message: PlannedRedrive, outcome: RedriveOutcome): void => {
    pending.delete(message.messageId);
    const finished = { ...message, route, outcome };
    done.push(finished);
    tools.onProgress(finished);
  };
  const begin = (planned: PlannedRedrive, message: ReceivedMessage): void => {
    pending.delete(planned.messageId);
    const run = redriveMessage(message, planned, group, queues).then((outcome) => {
      if (outcome.kind === 'redriven') held.delete(message.messageId);
      finish(planned, outcome);
      atHand.delete(run);
    });
    atHand.add(run);
  };

  /** Whether the queue has messages that we have not seen. The planned ones may be among them. */
  const hasUnseen = async (): Promise<boolean> => {
    const { visible, hidden } = await queues.depthOf(deadLetterQueueUrl);
    return visible + hidden > held.size;
  };

  let isStopped = wasStopped;
  let rest: RedriveOutcome = { kind: 'missing' };
  try {
    let emptyReceives = 0;
    let receivesOfHeld = 0;
    let heldWaits = 0;
    while (pending.size > 0 && !isStopped && !signal.aborted) {
      const isAtEnd = emptyReceives >= emptyReceivesToStop;
      // Counted until a planned message comes: those that we hold ourselves come round meanwhile, and mean nothing.
      if (isAtEnd && (heldWaits++ === mostHeldWaits || !(await hasUnseen()))) break;
      const receivedAtMs = now();
      const messages = await queues.receive(deadLetterQueueUrl, {
        visibilitySeconds,
        waitSeconds: isAtEnd ? heldWaitSeconds : receiveWaitSeconds(emptyReceives),
      });
      emptyReceives = messages.length === 0 ? emptyReceives + 1 : 0;
      // A long redrive outlives the visibility of what it holds, and SQS hands that out again among the rest. Only when
      // all of it has come round twice, with nothing planned in between, is the rest taken for gone.
      const onlyHeld = messages.every(({ messageId }) => held.has(messageId) && !pending.has(messageId));
      receivesOfHeld = onlyHeld && messages.length > 0 ? receivesOfHeld + 1 : 0;
      if (receivesOfHeld > emptyReceivesToStop + (2 * held.size) / messages.length) break;
      // Messages outside the plan are held, too, until the queue was gone through: given back before that, SQS would
      // hand them out again and again in place of the planned ones.
      for (const { messageId, receiptHandle } of messages) held.set(messageId, receiptHandle);
      // The turn of each may be long in coming.
      const isTooLate = () => now() - receivedAtMs > visibilitySeconds * 1_000 - leastHoldMs;
      const late: string[] = [];
      for (const message of messages) {
        const planned = pending.get(message.messageId);
        if (planned === undefined) {
          tools.onOther(route, message);
          continue;
        }
        heldWaits = 0;
        if (isStopped || signal.aborted) continue;
        if (atHand.size >= mostAtHand) await Promise.race(atHand);
        // Asked for first: a turn that nobody can use is lost to the rate.
        if (!isTooLate()) isStopped = (await tools.turn(route, allAtHand)) === 'stop';
        if (isStopped || signal.aborted) continue;
        if (isTooLate()) late.push(message.receiptHandle);
        else begin(planned, message);
      }
      // They come round once more; held on to, they would seem to be gone.
      if (late.length > 0) await giveBackQuietly(queues, deadLetterQueueUrl, late);
    }
  } catch (error) {
    rest = { kind: 'failed', error: reasonOf(error) };
  } finally {
    await allAtHand();
    await giveBackQuietly(queues, deadLetterQueueUrl, [...held.values()]);
  }
  if (isStopped || signal.aborted) rest = { kind: 'not-reached' };
  for (const message of [...pending.values()]) finish(message, rest);
  return { done, isStopped };
}

/**
 * Sends, then deletes. A crash between the two leaves a copy in the dead letter queue, never a hole: if that copy is
 * redriven, too, the delivery record of the event keeps it from being posted a second time. Never rejects.
 */
async function redriveMessage(
  message: ReceivedMessage,
  { redrivenAtMs }: PlannedRedrive,
  { queueUrl, deadLetterQueueUrl }: RouteRedrive,
  queues: MessageQueues,
): Promise<RedriveOutcome> {
  try {
    await queues.send(queueUrl, {
      body: message.body,
      attributes: redriveAttributes(message.attributes, redrivenAtMs),
      traceHeader: message.traceHeader,
    });
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
