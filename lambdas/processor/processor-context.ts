import type { EventBridgeSource } from '../contract/env.ts';
import { describeError } from '../contract/errors.ts';
import type {
  Clock,
  DeliveryRecords,
  NewId,
  PayloadStore,
  PostToDestination,
  QueueMessage,
  Random,
} from '../contract/ports.ts';
import type { RetrySettings } from '../contract/retry-settings.ts';
import type { LogStep, WaitReason } from '../contract/step-log.ts';
import type { RequestSettings } from './build-request.ts';
import type { ReadCredentials } from './read-credentials.ts';
import type { OwnMessages } from './read-delivery.ts';
import type { RouteBreaker } from './route-breaker.ts';

/** What a route's config says of its deliveries. */
export interface DeliverySettings extends RequestSettings {
  /** Longest wait for the destination's answer. */
  readonly timeoutMs: number;
  readonly retry: RetrySettings;
  readonly leaseMs: number;
  /** SQS deletes a message this long after it was sent. */
  readonly queueRetentionMs: number;
  /** How long an event is remembered after its last claim. */
  readonly dedupeSeconds: number;
  /** Receives from which on a message that only waits is put on its queue anew. */
  readonly renewAfterReceives: number;
  /** How long a message is hidden that came while its route was paused. */
  readonly pausedHideSeconds: number;
  /** How long one is hidden of which the scheduled function has a copy. */
  readonly trialHideSeconds: number;
  /** Undefined for a route that gets nothing from a bus. */
  readonly eventBridge?: EventBridgeSource | undefined;
}

/** One route's processor: its settings, and the world as it may touch it. */
export interface ProcessorContext {
  readonly settings: DeliverySettings;
  readonly records: DeliveryRecords;
  readonly payloads: PayloadStore;
  readonly credentials: ReadCredentials;
  readonly post: PostToDestination;
  readonly sendToDeadLetters: (message: QueueMessage) => Promise<void>;
  /** Puts a message on the route's own queue, where it can be received after `delaySeconds`, up to 900. */
  readonly sendAgain: (message: QueueMessage, delaySeconds: number) => Promise<void>;
  readonly breaker: RouteBreaker;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly now: Clock;
  readonly random: Random;
  readonly newId: NewId;
  readonly log: LogStep;
}

/** What is to happen with a message. */
export type Disposition =
  /** Its event is safe: delivered, or in the dead letter queue. */
  | { readonly kind: 'acknowledge' }
  /** It stays on the queue, and comes back after so many seconds. `why` where nothing was posted. */
  | { readonly kind: 'keep'; readonly hideSeconds: number; readonly why?: WaitReason };

export const acknowledge: Disposition = { kind: 'acknowledge' };

/** Seconds from now until a moment has certainly passed: SQS's clock and ours do not agree to the millisecond. */
export function secondsUntilPast(momentMs: number, nowMs: number): number {
  return Math.ceil(Math.max(0, momentMs - nowMs) / 1_000) + 1;
}

/** What the messages of this route can be. */
export function ownMessages({ settings, payloads }: ProcessorContext): OwnMessages {
  return { route: settings.route, bucket: payloads.bucket, eventBridge: settings.eventBridge };
}

export function logFault(context: ProcessorContext, eventId: string, during: string, error: unknown): void {
  context.log({ step: 'fault', route: context.settings.route, eventId, during, error: describeError(error) });
}
