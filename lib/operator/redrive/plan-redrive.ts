import type { RouteQueues } from '../connection/relay-location.ts';
import type { DeadLetter } from '../dead-letters/dead-letter.ts';

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
  /**
   * What the message is sent with as `RedrivenAt`, epoch ms. Settled here and not when it is sent: sent a second time
   * because nobody knows of the first, it carries the same time, and the processor takes it for the copy that it is.
   */
  readonly redrivenAtMs: number;
}

/** What goes from one dead letter queue back to its route's queue. */
export interface RouteRedrive extends RouteQueues {
  readonly route: string;
  readonly messages: readonly PlannedRedrive[];
}

export type RedrivePlan = readonly RouteRedrive[];

/**
 * Groups dead letters by the queue that each goes back to. A route without any is left out.
 *
 * @param nowMs the time of the redrive, which has to differ from that of any other redrive of these events
 */
export function planRedrive(
  deadLetters: readonly DeadLetter[],
  routes: ReadonlyMap<string, RouteQueues>,
  nowMs: number,
): RedrivePlan {
  return planByRoute(deadLetters, routes, ({ messageId, eventId, cause, deliveryStatus }) => ({
    messageId,
    eventId,
    cause,
    alreadyDelivered: deliveryStatus === 'delivered',
    redrivenAtMs: nowMs,
  }));
}

/** Groups anything that has a route. @param planned the message that each is about */
export function planByRoute<Item extends { readonly route: string }>(
  items: readonly Item[],
  routes: ReadonlyMap<string, RouteQueues>,
  planned: (item: Item) => PlannedRedrive,
): RedrivePlan {
  const byRoute = Map.groupBy(items, ({ route }) => route);
  return [...routes].flatMap(([route, { queueUrl, deadLetterQueueUrl }]) => {
    const messages = (byRoute.get(route) ?? []).map(planned);
    return messages.length === 0 ? [] : [{ route, queueUrl, deadLetterQueueUrl, messages }];
  });
}

export function plannedCount(plan: RedrivePlan): number {
  return plan.reduce((count, { messages }) => count + messages.length, 0);
}
