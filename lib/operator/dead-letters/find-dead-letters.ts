import { deliveryKey } from '../../../lambdas/contract/delivery-record.ts';
import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { Relay } from '../connection/connect-relay.ts';
import type { ReceivedMessage } from '../connection/message-queues.ts';
import { selectRoutes } from '../connection/select-routes.ts';
import { type DeadLetter, describeDeadLetter, envelopeOf } from './dead-letter.ts';
import { peekQueue } from './peek-queue.ts';

/** Which dead letters are meant. */
export interface Selection {
  /** All routes when undefined. */
  readonly route?: string | undefined;
  /** Message ids or event ids, exact. All dead letters when empty. */
  readonly ids: readonly string[];
}

export interface FindTools {
  readonly relay: Pick<Relay, 'location' | 'queues' | 'readDeliveryStates'>;
  readonly now: Clock;
  readonly signal: AbortSignal;
}

export interface FoundDeadLetters<Found extends DeadLetter = DeadLetter> {
  /** The oldest first. */
  readonly deadLetters: readonly Found[];
  /** Routes whose dead letter queue holds more than could be looked at in time. */
  readonly incompleteRoutes: readonly string[];
}

/** @throws OperatorError when the route is unknown or a service cannot be used. */
export async function findDeadLetters(selection: Selection, tools: FindTools): Promise<FoundDeadLetters> {
  return await findWith(selection, tools, () => ({}));
}

/** The same, with the bodies as they are in the queue: one can be 1 MiB, so only for few ids. */
export async function findDeadLettersWithBodies(
  selection: Selection,
  tools: FindTools,
): Promise<FoundDeadLetters<DeadLetter & Pick<ReceivedMessage, 'body'>>> {
  return await findWith(selection, tools, ({ body }) => ({ body }));
}

/** Those of the asked ids that no dead letter has. */
export function unknownIds(ids: readonly string[], deadLetters: readonly DeadLetter[]): readonly string[] {
  return ids.filter((id) => !deadLetters.some(({ messageId, eventId }) => id === messageId || id === eventId));
}

async function findWith<Extra extends object>(
  selection: Selection,
  tools: FindTools,
  extra: (message: ReceivedMessage) => Extra,
): Promise<FoundDeadLetters<DeadLetter & Extra>> {
  const routes = selectRoutes(tools.relay.location.routes, selection.route);
  const ids = new Set(selection.ids);
  // Settled, not all: when one route fails, the others must have given their messages back before we leave.
  const settled = await Promise.allSettled(
    routes.map(([route, { deadLetterQueueUrl }]) => findInQueue(route, deadLetterQueueUrl, ids, tools, extra)),
  );
  const found = settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return {
    deadLetters: found
      .flatMap(({ deadLetters }) => deadLetters)
      .toSorted((a, b) => a.receivedAtMs - b.receivedAtMs || (a.messageId < b.messageId ? -1 : 1)),
    incompleteRoutes: found.flatMap(({ route, complete }) => (complete ? [] : [route])),
  };
}

async function findInQueue<Extra extends object>(
  route: string,
  queueUrl: string,
  ids: ReadonlySet<string>,
  { relay, now, signal }: FindTools,
  extra: (message: ReceivedMessage) => Extra,
) {
  const keep = (message: ReceivedMessage) => {
    const envelope = envelopeOf(message);
    const { messageId, eventId } = envelope;
    const isWanted = ids.size === 0 || ids.has(messageId) || (eventId !== undefined && ids.has(eventId));
    if (!isWanted) return undefined;
    return { envelope, extra: extra(message), key: eventId === undefined ? undefined : deliveryKey(route, eventId) };
  };
  const { kept, complete } = await peekQueue({ queueUrl, keep, signal }, { queues: relay.queues, now });
  const states = await relay.readDeliveryStates(kept.flatMap(({ key }) => key ?? []));
  const deadLetters = kept.map(({ envelope, extra, key }) => ({
    ...extra,
    ...describeDeadLetter(route, envelope, key === undefined ? undefined : states.get(key)),
  }));
  return { route, deadLetters, complete };
}
