import type { BreakerPorts, WatchedRoute } from '../../lambdas/breaker/breaker-ports.ts';
import type { Trial } from '../../lambdas/contract/breaker-state.ts';
import { webhookAttributes } from '../../lambdas/contract/message-attributes.ts';
import { type TrialMessage, writeTrialMessage } from '../../lambdas/contract/parked-message.ts';
import type { MappingSwitch, QueueDepth } from '../../lambdas/contract/ports.ts';
import type { Step } from '../../lambdas/contract/step-log.ts';
import type { TrialResult } from '../../lambdas/contract/trial-call.ts';
import { breakerSettings, queueRetentionSeconds } from '../../lib/infra/timings.ts';
import { type MemoryBreakerStates, memoryBreakerStates } from './memory-breaker-states.ts';
import { type MemoryParkedObjects, memoryParkedObjects } from './memory-parked-objects.ts';
import { type SettableClock, settableClock, startMs } from './settable-clock.ts';
import { route } from './sqs-record.ts';

export const watchedRoute: WatchedRoute = {
  name: route,
  queueUrl: 'queue',
  mappingId: 'mapping',
  processorName: 'processor',
  maxConcurrency: 10,
};

/** A copy of a message. */
export function trialMessage(eventId: string): TrialMessage {
  const attributes = webhookAttributes({
    eventId,
    route,
    receivedAtMs: startMs,
    contentType: undefined,
    signature: undefined,
  });
  return {
    messageId: `message of ${eventId}`,
    receiptHandle: `message of ${eventId}`,
    message: { body: eventId, attributes },
  };
}

/** The scheduled function's core with everything around it in memory. */
export interface BreakerWorld {
  readonly ports: BreakerPorts;
  readonly clock: SettableClock;
  readonly states: MemoryBreakerStates;
  readonly parked: MemoryParkedObjects;
  /** What is visible on the queue; `hidden` is what is not. */
  readonly queue: { visible: TrialMessage[]; hidden: number };
  /** What was taken and hidden: the receipt handle of a message is its SQS message id. */
  readonly hides: { readonly receiptHandle: string; readonly seconds: number }[];
  /** What was taken off the queue, by receipt handle. */
  readonly removed: string[];
  readonly mapping: { actual: MappingSwitch | 'changing' };
  /** What the destination makes of an event. */
  readonly destination: { answer: (eventId: string) => TrialResult };
  /** Calls that a tick made, in their order. */
  readonly calls: string[];
  readonly steps: Step[];
  /** Parks a copy of an event that the destination has not failed yet. */
  park(key: string, eventId: string): Trial;
}

/** The destination is well, the queue empty, and the mapping on, unless a test says otherwise. */
export function breakerWorld(changes: Partial<BreakerPorts> = {}): BreakerWorld {
  const clock = settableClock();
  const states = memoryBreakerStates();
  const parked = memoryParkedObjects();
  const queue: BreakerWorld['queue'] = { visible: [], hidden: 0 };
  const hides: BreakerWorld['hides'] = [];
  const removed: string[] = [];
  const mapping: BreakerWorld['mapping'] = { actual: { enabled: true, concurrency: watchedRoute.maxConcurrency } };
  const destination: BreakerWorld['destination'] = { answer: () => ({ outcome: 'answered', delivered: true }) };
  const calls: string[] = [];
  const steps: Step[] = [];
  let ids = 0;
  const ports: BreakerPorts = {
    settings: breakerSettings,
    queueRetentionMs: queueRetentionSeconds * 1_000,
    states,
    mappings: {
      read: async () => mapping.actual,
      async apply(_mappingId, wanted) {
        calls.push(wanted.enabled ? `switch on for ${wanted.concurrency}` : 'switch off');
        mapping.actual = wanted;
      },
    },
    parked,
    async takeSome(_queueUrl, most) {
      calls.push(`take ${most}`);
      return queue.visible.slice(0, most);
    },
    async hideTaken(_queueUrl, receiptHandle, seconds) {
      hides.push({ receiptHandle, seconds });
      const before = queue.visible.length;
      queue.visible = queue.visible.filter(({ messageId }) => messageId !== receiptHandle);
      queue.hidden += before - queue.visible.length;
    },
    async removeTaken(_queueUrl, receiptHandle) {
      removed.push(receiptHandle);
    },
    depthOf: async (): Promise<QueueDepth> => ({ visible: queue.visible.length, hidden: queue.hidden }),
    async tryDestination(_processorName, { trial: { message } }) {
      calls.push(`try ${message.body}`);
      return destination.answer(message.body);
    },
    now: clock.now,
    newId: () => `id-${++ids}`,
    log: (step) => steps.push(step),
    ...changes,
  };
  function park(key: string, eventId: string): Trial {
    parked.objects.set(key, writeTrialMessage(trialMessage(eventId)));
    return { key, eventId };
  }
  return { ports, clock, states, parked, queue, hides, removed, mapping, destination, calls, steps, park };
}
