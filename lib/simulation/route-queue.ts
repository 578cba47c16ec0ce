import { mostInFlight, mostReceives } from './aws-model.ts';
import { type Cell, waitingLine } from './waiting-line.ts';

/** A standard queue, in counts. SQS hands out messages roughly as they were sent: what comes back goes before what is new. */
export interface RouteQueue {
  arrive(messages: number, nowS: number): void;
  /** Up to `most` messages: fewer when there are no more, or too many are in flight. Counts as a receive of each. */
  receive(most: number): Cell[];
  /** Back on the queue, to be seen again after so many seconds. */
  hide(cell: Cell, nowS: number, seconds: number): void;
  /** Off the queue: delivered, or a dead letter. */
  acknowledge(messages: number): void;
  /** Lets messages reappear whose time has come. */
  advance(nowS: number): void;
  readonly visible: number;
  /** In somebody's hands, or hidden. */
  readonly inFlight: number;
  /** How many messages have been received so often; the index is the number of receives. */
  readonly receivedTimes: readonly number[];
}

export function routeQueue(): RouteQueue {
  const returned = waitingLine();
  const fresh = waitingLine();
  let inFlight = 0;
  const hidden = new Map<number, Map<number, Cell>>();
  const receivedTimes: number[] = [];

  return {
    arrive(messages, nowS) {
      if (messages > 0) fresh.add({ messages, attempts: 0, receives: 0, oldestAtS: nowS });
    },

    receive(most) {
      const allowed = Math.min(most, mostInFlight - inFlight);
      const again = returned.take(allowed);
      const cells = [...again, ...fresh.take(allowed - messagesIn(again))];
      return cells.map((cell) => {
        const receives = cell.receives + 1;
        receivedTimes[receives] = (receivedTimes[receives] ?? 0) + cell.messages;
        inFlight += cell.messages;
        return { ...cell, receives };
      });
    },

    hide(cell, nowS, seconds) {
      const dueS = nowS + Math.max(1, Math.ceil(seconds));
      const due = hidden.get(dueS) ?? new Map<number, Cell>();
      hidden.set(dueS, due);
      const key = cell.attempts * (mostReceives + 1) + cell.receives;
      const like = due.get(key);
      const messages = cell.messages + (like?.messages ?? 0);
      const oldestAtS = Math.min(cell.oldestAtS, like?.oldestAtS ?? cell.oldestAtS);
      due.set(key, { ...cell, messages, oldestAtS });
    },

    acknowledge(messages) {
      inFlight -= messages;
    },

    advance(nowS) {
      for (const cell of hidden.get(nowS)?.values() ?? []) {
        inFlight -= cell.messages;
        returned.add(cell);
      }
      hidden.delete(nowS);
    },

    get visible() {
      return returned.messages + fresh.messages;
    },
    get inFlight() {
      return inFlight;
    },
    receivedTimes,
  };
}

export function messagesIn(cells: readonly Cell[]): number {
  return cells.reduce((sum, { messages }) => sum + messages, 0);
}
