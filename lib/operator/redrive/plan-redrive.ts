import type { RouteQueues } from '../connection/relay-location.ts';
import type { DeadLetter } from './dead-letter.ts';

/** One message to be put back. */
export interface PlannedRedrive {
  readonly messageId: string;
  readonly eventId: string | undefined;
  readonly cause: string;
  /**
   * The destination has accepted this event, from another copy: the message is sent all the same, and the processor
   * takes it off the queue without a POST.
   */
  readonly alreadyDelivered: boolean;
}

/** What goes from one dead letter queue back to its route's queue. */
export interface RouteRedrive extends RouteQueues {
  readonly route: string;
  readonly messages: readonly PlannedRedrive[];
}

export type RedrivePlan = readonly RouteRedrive[];

/** Groups dead letters by the queue that each goes back to. A route without any is left out. */
export function planRedrive(deadLetters: readonly DeadLetter[], routes: ReadonlyMap<string, RouteQueues>): RedrivePlan {
  return [...routes].flatMap(([route, { queueUrl, deadLetterQueueUrl }]) => {
    const messages = deadLetters
      .filter((deadLetter) => deadLetter.route === route)
      .map(({ messageId, eventId, cause, deliveryStatus }) => ({
        messageId,
        eventId,
        cause,
        alreadyDelivered: deliveryStatus === 'delivered',
      }));
    return messages.length === 0 ? [] : [{ route, queueUrl, deadLetterQueueUrl, messages }];
  });
}

export function plannedCount(plan: RedrivePlan): number {
  return plan.reduce((count, { messages }) => count + messages.length, 0);
}
