import type { EventSourceMappings, MappingSwitch } from '../../lambdas/contract/ports.ts';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';
import type { SimulatedQueue } from './simulated-sqs.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How long Lambda takes to carry a change out. */
const changeTakesMs = 20_000;

/** Between a message that becomes visible and the function that is called with it. */
const pollTakesMs = 20;

export interface SimulatedMapping extends EventSourceMappings {
  /** Looks for messages now: something on the queue has changed. */
  pump(): void;
  readonly highestConcurrency: number;
}

/** Lambda's event source mapping in virtual time: polls, and takes a while to be switched. */
export function simulatedMapping(options: {
  readonly time: VirtualTime;
  readonly queue: SimulatedQueue;
  readonly batchSize: number;
  readonly maxConcurrency: number;
  readonly handleBatch: (messages: readonly ReceivedMessage[]) => Promise<void>;
}): SimulatedMapping {
  const { time, queue } = options;
  let active: MappingSwitch = { enabled: true, concurrency: options.maxConcurrency };
  let changing = false;
  let running = 0;
  let highestConcurrency = 0;
  let wakesAtMs = Number.POSITIVE_INFINITY;

  function wakeAt(momentMs: number): void {
    if (momentMs >= wakesAtMs) return;
    wakesAtMs = momentMs;
    time.at(momentMs, () => {
      if (wakesAtMs === momentMs) wakesAtMs = Number.POSITIVE_INFINITY;
      poll();
    });
  }

  function poll(): void {
    while (active.enabled && running < active.concurrency) {
      const messages = queue.receive(options.batchSize);
      if (messages.length === 0) break;
      running += 1;
      void options.handleBatch(messages).finally(() => {
        running -= 1;
        pump();
      });
    }
    const nextMs = queue.nextVisibleAtMs();
    if (active.enabled && nextMs !== undefined) wakeAt(nextMs + pollTakesMs);
  }

  function pump(): void {
    wakeAt(time.now() + pollTakesMs);
  }

  return {
    pump,
    get highestConcurrency() {
      return highestConcurrency;
    },
    read: async () => (changing ? 'changing' : active),
    async apply(_mappingId, wanted) {
      if (changing) return;
      changing = true;
      if (wanted.enabled) highestConcurrency = Math.max(highestConcurrency, wanted.concurrency);
      time.at(time.now() + changeTakesMs, () => {
        changing = false;
        active = wanted;
        pump();
      });
    },
  };
}
