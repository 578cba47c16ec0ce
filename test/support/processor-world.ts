import type { DestinationAnswer, QueueMessage } from '../../lambdas/contract/ports.ts';
import type { Step } from '../../lambdas/contract/step-log.ts';
import type { DeliverySettings, ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import { type MemoryDeliveryRecords, memoryDeliveryRecords } from './memory-delivery-records.ts';
import { type MemoryPayloadStore, memoryPayloadStore } from './memory-payload-store.ts';
import { answered, type ScriptedDestination, scriptedDestination } from './scripted-destination.ts';
import { type SettableClock, settableClock } from './settable-clock.ts';
import { route } from './sqs-record.ts';

/** As `lib/infra/timings.ts` derives them from a delivery timeout of 10 s. */
export const functionTimeoutMs = 25_000;
export const visibilityTimeoutMs = 6 * functionTimeoutMs;

export const settings: DeliverySettings = {
  route,
  headers: {},
  signatureHeader: 'x-hub-signature-256',
  timeoutMs: 10_000,
  retry: { maxAttempts: 3, baseSeconds: 5, capSeconds: 21_600 },
  leaseMs: functionTimeoutMs,
  queueRetentionMs: 7 * 86_400_000,
  dedupeSeconds: 30 * 86_400,
};

/** The processor core with everything around it in memory. */
export interface ProcessorWorld {
  readonly context: ProcessorContext;
  readonly clock: SettableClock;
  readonly records: MemoryDeliveryRecords;
  readonly payloads: MemoryPayloadStore;
  readonly destination: ScriptedDestination;
  readonly deadLetters: QueueMessage[];
  readonly steps: Step[];
}

/** @param script the destination's answers; 200 for ever when there are none */
export function processorWorld(
  script: readonly DestinationAnswer[] = [answered(200)],
  changes: Partial<ProcessorContext> = {},
): ProcessorWorld {
  const clock = settableClock();
  const records = memoryDeliveryRecords(route);
  const payloads = memoryPayloadStore();
  const destination = scriptedDestination(...script);
  const deadLetters: QueueMessage[] = [];
  const steps: Step[] = [];
  let owners = 0;
  const context: ProcessorContext = {
    settings,
    records,
    payloads,
    post: destination.post,
    sendToDeadLetters: async (message) => {
      deadLetters.push(message);
    },
    now: clock.now,
    random: () => 0.5,
    newId: () => `owner-${++owners}`,
    log: (step) => steps.push(step),
    ...changes,
  };
  return { context, clock, records, payloads, destination, deadLetters, steps };
}
