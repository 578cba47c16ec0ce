import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import type { QueueMessage } from '../../lambdas/contract/ports.ts';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';

export interface SimulatedQueueOptions {
  readonly now: () => number;
  readonly visibilityTimeoutMs: number;
  readonly retentionMs: number;
  readonly maxReceiveCount: number;
  /** A message that was received too often. */
  readonly onNativeRedrive: (message: ReceivedMessage) => void;
  /** A message that grew too old: it is lost. */
  readonly onExpired: (message: ReceivedMessage) => void;
}

/** A standard queue in virtual time: visibility, delays, retention and native redrive. */
export interface SimulatedQueue {
  send(message: QueueMessage, delaySeconds?: number): void;
  receive(most: number): ReceivedMessage[];
  /** @throws ServiceUnavailableError for a handle that a later receive has replaced */
  hide(receiptHandle: string, seconds: number): void;
  /** Whether a message is hidden, and by nobody else since. */
  isInHands(receiptHandle: string): boolean;
  /** A handle that has been replaced deletes nothing. */
  delete(receiptHandle: string): ReceivedMessage | undefined;
  /** All that is on the queue, hidden or not. */
  readonly messages: readonly ReceivedMessage[];
  visible(): number;
  /** When the next hidden message becomes visible; undefined when there is none. */
  nextVisibleAtMs(): number | undefined;
  /** The most receives that any message has seen. */
  readonly highestReceiveCount: number;
}

interface Entry {
  message: ReceivedMessage;
  visibleAtMs: number;
}

export function simulatedQueue(options: SimulatedQueueOptions): SimulatedQueue {
  const { now } = options;
  const entries = new Set<Entry>();
  const byHandle = new Map<string, Entry>();
  let sent = 0;
  let receives = 0;
  let highestReceiveCount = 0;

  function expire(): void {
    for (const entry of entries) {
      // They are in the order in which they were sent.
      if (now() - entry.message.sentAtMs < options.retentionMs) return;
      take(entry);
      options.onExpired(entry.message);
    }
  }

  function take(entry: Entry): void {
    entries.delete(entry);
    byHandle.delete(entry.message.receiptHandle);
  }

  return {
    get messages() {
      return Array.from(entries, ({ message }) => message);
    },
    get highestReceiveCount() {
      return highestReceiveCount;
    },

    send(message, delaySeconds = 0) {
      const messageId = `message-${++sent}`;
      const sentAtMs = now();
      entries.add({
        message: { ...message, messageId, receiptHandle: '', sentAtMs, receiveCount: 0 },
        visibleAtMs: sentAtMs + delaySeconds * 1_000,
      });
    },

    receive(most) {
      expire();
      const received: ReceivedMessage[] = [];
      for (const entry of entries) {
        if (received.length === most) break;
        if (entry.visibleAtMs > now()) continue;
        byHandle.delete(entry.message.receiptHandle);
        if (entry.message.receiveCount >= options.maxReceiveCount) {
          take(entry);
          options.onNativeRedrive(entry.message);
          continue;
        }
        entry.message = {
          ...entry.message,
          receiptHandle: `receipt-${++receives}`,
          receiveCount: entry.message.receiveCount + 1,
        };
        byHandle.set(entry.message.receiptHandle, entry);
        entry.visibleAtMs = now() + options.visibilityTimeoutMs;
        highestReceiveCount = Math.max(highestReceiveCount, entry.message.receiveCount);
        received.push(entry.message);
      }
      return received;
    },

    hide(receiptHandle, seconds) {
      const entry = byHandle.get(receiptHandle);
      if (entry === undefined) throw new ServiceUnavailableError('the receipt handle has run out');
      entry.visibleAtMs = now() + seconds * 1_000;
    },

    isInHands: (receiptHandle) => (byHandle.get(receiptHandle)?.visibleAtMs ?? 0) > now(),

    delete(receiptHandle) {
      const entry = byHandle.get(receiptHandle);
      if (entry !== undefined) take(entry);
      return entry?.message;
    },

    visible: () => [...entries].filter(({ visibleAtMs }) => visibleAtMs <= now()).length,

    nextVisibleAtMs() {
      let nextMs: number | undefined;
      for (const { visibleAtMs } of entries) {
        if (visibleAtMs > now() && (nextMs === undefined || visibleAtMs < nextMs)) nextMs = visibleAtMs;
      }
      return nextMs;
    },
  };
}
