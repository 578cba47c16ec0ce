import { webhookAttributes } from '../../lambdas/contract/message-attributes.ts';
import { spillKey, writeSpilled } from '../../lambdas/contract/parked-message.ts';
import type { QueueMessage } from '../../lambdas/contract/ports.ts';
import type { Step } from '../../lambdas/contract/step-log.ts';
import type { SweepBounds, SweepPorts } from '../../lambdas/sweeper/sweep-spill.ts';
import { type MemoryParkedObjects, memoryParkedObjects } from './memory-parked-objects.ts';
import { type MemoryQueue, memoryQueue } from './memory-queue.ts';
import { type SettableClock, settableClock, startMs } from './settable-clock.ts';

/** Room for everything that a test spills. */
export const wideBounds: SweepBounds = { mostWebhooks: 1_000_000, endsAtMs: startMs + 55_000 };

/** The sweeper core with everything around it in memory. */
export interface SweeperWorld {
  readonly ports: SweepPorts;
  readonly queue: MemoryQueue;
  readonly parked: MemoryParkedObjects;
  readonly clock: SettableClock;
  readonly steps: Step[];
}

export function sweeperWorld(changes: Partial<SweepPorts> = {}): SweeperWorld {
  const queue = memoryQueue();
  const parked = memoryParkedObjects();
  const clock = settableClock();
  const steps: Step[] = [];
  const ports: SweepPorts = {
    queues: { messaging: 'queue-of-messaging', telemetry: 'queue-of-telemetry' },
    parked,
    send: queue.send,
    now: clock.now,
    log: (step) => steps.push(step),
    ...changes,
  };
  return { ports, queue, parked, clock, steps };
}

/** What ingest spills of an event. */
export function spilledMessage(eventId: string, route = 'messaging'): QueueMessage {
  return { body: `{"id":"${eventId}"}`, attributes: webhookAttributes({ eventId, route, receivedAtMs: startMs }) };
}

/** Spills an event as ingest does, so many ms after the first. Returns the key of its object. */
export function spill({ parked }: SweeperWorld, eventId: string, afterMs = 0, route = 'messaging'): string {
  const key = spillKey(startMs + afterMs, eventId, route);
  parked.objects.set(key, writeSpilled({ route, message: spilledMessage(eventId, route) }));
  return key;
}

/** Ids of the events that were sent, in their order. */
export function eventsSent({ queue }: SweeperWorld): (string | undefined)[] {
  return queue.sent.map(({ message }) => message.attributes.EventId?.value);
}
