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
  let entries: Entry[] = [];
  let sent = 0;
  let receives = 0;
  let highestReceiveCount = 0;

  function expire(): void {
    const [old, kept] = [entries.filter(isOld), entries.filter((entry) => !isOld(entry))];
    entries = kept;
    for (const { message } of old) options.onExpired(message);
  }

  function isOld({ message }: Entry): boolean {
    return now() - message.sentAtMs >= options.retentionMs;
  }

  function find(receiptHandle: string): Entry | undefined {
    return entries.find(({ message }) => message.receiptHandle === receiptHandle);
  }

  return {
    get messages() {
      return entries.map(({ message }) => message);
    },
    get highestReceiveCount() {
      return highestReceiveCount;
    },

    send(message, delaySeconds = 0) {
      const messageId = `message-${++sent}`;
      const sentAtMs = now();
      entries.push({
        message: { ...message, messageId, receiptHandle: '', sentAtMs, receiveCount: 0 },
        visibleAtMs: sentAtMs + delaySeconds * 1_000,
      });
    },

    receive(most) {
      expire();
      const received: ReceivedMessage[] = [];
      for (const entry of entries.filter(({ visibleAtMs }) => visibleAtMs <= now())) {
        if (received.length === most) break;
        if (entry.message.receiveCount >= options.maxReceiveCount) {
          entries = entries.filter((other) => other !== entry);
          options.onNativeRedrive(entry.message);
          continue;
        }
        entry.message = {
          ...entry.message,
          receiptHandle: `receipt-${++receives}`,
          receiveCount: entry.message.receiveCount + 1,
        };
        entry.visibleAtMs = now() + options.visibilityTimeoutMs;
        highestReceiveCount = Math.max(highestReceiveCount, entry.message.receiveCount);
        received.push(entry.message);
      }
      return received;
    },

    hide(receiptHandle, seconds) {
      const entry = find(receiptHandle);
      if (entry === undefined) throw new ServiceUnavailableError('the receipt handle has run out');
      entry.visibleAtMs = now() + seconds * 1_000;
    },

    delete(receiptHandle) {
      const entry = find(receiptHandle);
      entries = entries.filter((other) => other !== entry);
      return entry?.message;
    },

    visible: () => entries.filter(({ visibleAtMs }) => visibleAtMs <= now()).length,

    nextVisibleAtMs() {
      const later = entries.map(({ visibleAtMs }) => visibleAtMs).filter((atMs) => atMs > now());
      return later.length === 0 ? undefined : Math.min(...later);
    },
  };
}
