import type { DestinationAnswer, QueueMessage } from '../../lambdas/contract/ports.ts';
import type { Step } from '../../lambdas/contract/step-log.ts';
import type { Pass } from '../../lambdas/processor/pass.ts';
import type { DeliverySettings, ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import type { Credentials } from '../../lambdas/processor/read-credentials.ts';
import { routeBreaker } from '../../lambdas/processor/route-breaker.ts';
import { breakerSettings, renewAfterReceives } from '../../lib/infra/timings.ts';
import { type MemoryBreakerStates, memoryBreakerStates } from './memory-breaker-states.ts';
import { type MemoryDeliveryRecords, memoryDeliveryRecords } from './memory-delivery-records.ts';
import { type MemoryParkedObjects, memoryParkedObjects } from './memory-parked-objects.ts';
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
  renewAfterReceives: renewAfterReceives(3),
  pausedHideSeconds: breakerSettings.pausedHideSeconds,
  trialHideSeconds: breakerSettings.trialHideSeconds,
};

export const maxConcurrency = 10;

/** A route that is not paused, with nobody to tell what its destination answered. */
export const freePass: Pass = { counts: true, observe: () => 'destination' };

/** Of a route that does not sign. */
export const noCredentials: Credentials = { signingKeys: [], headers: {} };

/** The processor core with everything around it in memory. */
export interface ProcessorWorld {
  readonly context: ProcessorContext;
  readonly clock: SettableClock;
  readonly records: MemoryDeliveryRecords;
  readonly payloads: MemoryPayloadStore;
  readonly destination: ScriptedDestination;
  readonly deadLetters: QueueMessage[];
  /** What was put on the route's queue anew. */
  readonly sentAgain: { readonly message: QueueMessage; readonly delaySeconds: number }[];
  readonly breakers: MemoryBreakerStates;
  readonly parked: MemoryParkedObjects;
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
  const sentAgain: ProcessorWorld['sentAgain'] = [];
  const breakers = memoryBreakerStates();
  const parked = memoryParkedObjects();
  const steps: Step[] = [];
  const log = (step: Step) => steps.push(step);
  let owners = 0;
  const newId = () => `owner-${++owners}`;
  const context: ProcessorContext = {
    settings,
    records,
    payloads,
    credentials: async () => noCredentials,
    post: destination.post,
    sendToDeadLetters: async (message) => {
      deadLetters.push(message);
    },
    sendAgain: async (message, delaySeconds) => {
      sentAgain.push({ message, delaySeconds });
    },
    breaker: routeBreaker({
      route,
      settings: breakerSettings,
      maxConcurrency,
      queueRetentionMs: settings.queueRetentionMs,
      states: breakers,
      parked,
      now: clock.now,
      newId,
      log,
    }),
    sleep: async (milliseconds) => clock.advance(milliseconds),
    now: clock.now,
    random: () => 0.5,
    newId,
    log,
    ...changes,
  };
  return { context, clock, records, payloads, destination, deadLetters, sentAgain, breakers, parked, steps };
}
