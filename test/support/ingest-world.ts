import type { Step } from '../../lambdas/contract/step-log.ts';
import type { AcceptPorts } from '../../lambdas/ingest/accept-webhook.ts';
import { type MemoryParkedObjects, memoryParkedObjects } from './memory-parked-objects.ts';
import { type MemoryPayloadStore, memoryPayloadStore } from './memory-payload-store.ts';
import { type MemoryQueue, memoryQueue } from './memory-queue.ts';
import { type SettableClock, settableClock } from './settable-clock.ts';
import { secret, secretArn, signedRoute } from './signed-request.ts';

export const unsignedRoute = 'data-action';
export const payloadId = '5d1a7a3e-2f0c-4c3a-9c55-0f4be3f1f001';

/** The ingest core with everything around it in memory. */
export interface IngestWorld {
  readonly ports: AcceptPorts;
  readonly queue: MemoryQueue;
  readonly payloads: MemoryPayloadStore;
  readonly parked: MemoryParkedObjects;
  readonly clock: SettableClock;
  readonly steps: Step[];
  /** ARNs of the secrets that were asked for. */
  readonly secretsRead: string[];
}

export function ingestWorld(changes: Partial<AcceptPorts> = {}): IngestWorld {
  const queue = memoryQueue();
  const payloads = memoryPayloadStore();
  const parked = memoryParkedObjects();
  const clock = settableClock();
  const steps: Step[] = [];
  const secretsRead: string[] = [];
  const ports: AcceptPorts = {
    routes: {
      [signedRoute]: { queueUrl: 'queue-of-open-messaging', verify: { kind: 'open-messaging', secretArn } },
      [unsignedRoute]: { queueUrl: 'queue-of-data-action', verify: { kind: 'none' } },
    },
    inlineLimitBytes: 2_048,
    payloads,
    parked,
    secrets: async (arn) => {
      secretsRead.push(arn);
      return [secret];
    },
    send: queue.send,
    now: clock.now,
    newId: () => payloadId,
    log: (step) => steps.push(step),
    ...changes,
  };
  return { ports, queue, payloads, parked, clock, steps, secretsRead };
}
