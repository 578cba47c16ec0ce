import { deliveryKey } from '../../../lambdas/contract/delivery-record.ts';
import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { Relay } from '../connection/connect-relay.ts';
import type { ReceivedMessage } from '../connection/message-queues.ts';
import { selectRoutes } from '../connection/select-routes.ts';
import { type DeadLetter, describeDeadLetter, envelopeOf } from './dead-letter.ts';
import { peekQueue } from './peek-queue.ts';
import { isSelected, type Selection } from './selection.ts';

export interface FindTools {
  readonly relay: Pick<Relay, 'location' | 'queues' | 'readDeliveryStates'>;
  readonly now: Clock;
  readonly signal: AbortSignal;
}

/** A dead letter with its body as it is in the queue: one can be 1 MiB, so nobody keeps many of them. */
export type FoundDeadLetter = DeadLetter & Pick<ReceivedMessage, 'body'>;

/** Dead letters that there are, and that were not seen. */
export interface Unseen {
  /** Routes whose dead letter queue holds more than could be looked at in time. */
  readonly incompleteRoutes: readonly string[];
  /**
   * Routes of which somebody else seems to hold some just now: another command, or the relay's own look. SQS counts what
   * is held, but some seconds late, so that this is worth a word and no more.
   */
  readonly heldRoutes: readonly string[];
}

export interface FoundDeadLetters<Found extends DeadLetter = DeadLetter> extends Unseen {
  /** The oldest first. */
  readonly deadLetters: readonly Found[];
}

/**
 * Goes through the selected dead letters and keeps none of them: `visit` gets up to ten at a time, in the order in which
 * SQS hands them out, and is waited for. Those of several routes come interleaved.
 *
 * @throws OperatorError when the route is unknown or a service cannot be used.
 */
export async function visitDeadLetters(
  selection: Selection,
  tools: FindTools,
  visit: (found: readonly FoundDeadLetter[]) => Promise<void> | void,
): Promise<Unseen> {
  const routes = selectRoutes(tools.relay.location.routes, selection.route);
  // Settled, not all: when one route fails, the others must have given their messages back before we leave.
  const settled = await Promise.allSettled(
    routes.map(([route, { deadLetterQueueUrl }]) => visitQueue(route, deadLetterQueueUrl, selection, tools, visit)),
  );
  const visited = settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return {
    incompleteRoutes: visited.flatMap(({ route, complete }) => (complete ? [] : [route])),
    heldRoutes: visited.flatMap(({ route, held }) => (held ? [route] : [])),
  };
}

/** All of them at once, without their bodies. @throws OperatorError as {@link visitDeadLetters} does */
export async function findDeadLetters(selection: Selection, tools: FindTools): Promise<FoundDeadLetters> {
  const deadLetters: DeadLetter[] = [];
  const unseen = await visitDeadLetters(selection, tools, (found) => {
    for (const { body: _, ...deadLetter } of found) deadLetters.push(deadLetter);
  });
  return { deadLetters: deadLetters.toSorted(oldestFirst), ...unseen };
}

/** The same, with the bodies: only for few ids. */
export async function findDeadLettersWithBodies(
  selection: Selection,
  tools: FindTools,
): Promise<FoundDeadLetters<FoundDeadLetter>> {
  const deadLetters: FoundDeadLetter[] = [];
  const unseen = await visitDeadLetters(selection, tools, (found) => {
    deadLetters.push(...found);
  });
  return { deadLetters: deadLetters.toSorted(oldestFirst), ...unseen };
}

export function oldestFirst(a: DeadLetter, b: DeadLetter): number {
  return a.receivedAtMs - b.receivedAtMs || (a.messageId < b.messageId ? -1 : 1);
}

/** Those of the asked ids that no dead letter has. */
export function unknownIds(
  ids: readonly string[],
  deadLetters: readonly Pick<DeadLetter, 'messageId' | 'eventId'>[],
): readonly string[] {
  return ids.filter((id) => !deadLetters.some(({ messageId, eventId }) => id === messageId || id === eventId));
}

async function visitQueue(
  route: string,
  queueUrl: string,
  selection: Selection,
  { relay, now, signal }: FindTools,
  visit: (found: readonly FoundDeadLetter[]) => Promise<void> | void,
): Promise<{ readonly route: string; readonly complete: boolean; readonly held: boolean }> {
  const ids = new Set(selection.ids);
  const isWanted = ({ messageId, eventId }: Pick<DeadLetter, 'messageId' | 'eventId'>) =>
    ids.size === 0 || ids.has(messageId) || (eventId !== undefined && ids.has(eventId));
  const { visible, hidden } = await relay.queues.depthOf(queueUrl);
  let seen = 0;
  const { complete } = await peekQueue(
    {
      queueUrl,
      expected: visible,
      signal,
      visit: async (messages) => {
        seen += messages.length;
        // By id first: the records of all others need not be read.
        const wanted = messages
          .map((message) => ({ envelope: envelopeOf(message), body: message.body }))
          .filter(({ envelope }) => isWanted(envelope));
        const states = await relay.readDeliveryStates(wanted.flatMap(({ envelope }) => keyOf(route, envelope) ?? []));
        const found = wanted
          .map(({ envelope, body }) => {
            const key = keyOf(route, envelope);
            return { ...describeDeadLetter(route, envelope, key === undefined ? undefined : states.get(key)), body };
          })
          .filter((deadLetter) => isSelected(deadLetter, selection));
        if (found.length > 0) await visit(found);
      },
    },
    { queues: relay.queues, now },
  );
  return { route, complete, held: complete && hidden > 0 && seen < visible + hidden };
}

function keyOf(route: string, { eventId }: Pick<DeadLetter, 'eventId'>): string | undefined {
  return eventId === undefined ? undefined : deliveryKey(route, eventId);
}
