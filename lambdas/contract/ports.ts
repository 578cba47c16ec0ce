import type { BreakerState } from './breaker-state.ts';
import type { MessageAttributes } from './message-attributes.ts';
import type { TrialMessage } from './parked-message.ts';
import type { PayloadPointer } from './payload-pointer.ts';
import type { TrialRequest, TrialResult } from './trial-call.ts';

/** Epoch milliseconds. */
export type Clock = () => number;

/** Uniform in [0, 1), as `Math.random`. */
export type Random = () => number;

/** A fresh unguessable id. */
export type NewId = () => string;

/** What is sent to or was read from a queue. */
export interface QueueMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** Of X-Ray, where the relay is traced: SQS carries it beside the attributes, and counts it towards no limit. */
  readonly traceHeader?: string | undefined;
}

export interface SendOptions {
  /** How long it may take. Default: what `call-limits.ts` allows. */
  readonly withinMs?: number;
  /** How long SQS keeps the message back before it can be received, up to 900. Default: 0. */
  readonly delaySeconds?: number;
}

/** One SQS queue, to send to. Rejects with a retryable error when the message may not have been stored. */
export type SendMessage = (queueUrl: string, message: QueueMessage, options?: SendOptions) => Promise<void>;

/** Hides a received message for so many seconds from now. SQS caps the total at 12 h from the receive. */
export type HideMessage = (receiptHandle: string, seconds: number) => Promise<void>;

/** Offloaded bodies. */
export interface PayloadStore {
  readonly bucket: string;
  /** Rejects when it may not have been stored. @param withinMs how long it may take; default: as `call-limits.ts` allows */
  put(key: string, bytes: Uint8Array, contentType: string | undefined, withinMs?: number): Promise<void>;
  /** The bytes, or `missing` when the object is known not to exist; rejects when that cannot be told in time. */
  get(pointer: PayloadPointer, withinMs: number): Promise<Uint8Array | 'missing'>;
}

/** Texts in the payload bucket: see parked-message.ts. Everything rejects with a retryable error. */
export interface ParkedObjects {
  put(key: string, text: string, withinMs?: number): Promise<void>;
  get(key: string): Promise<string | 'missing'>;
  /** Also when there is none. */
  delete(key: string): Promise<void>;
  /** Up to 1,000 keys under the prefix in their order, those after `after` when it is given. */
  list(prefix: string, after?: string): Promise<readonly string[]>;
}

/** The breakers of all routes, in the delivery table. Both reject with a retryable error. */
export interface BreakerStates {
  /** {@link closedBreaker} for a route without one. */
  read(route: string): Promise<BreakerState>;
  /**
   * Stores `next` as version `next.version`, if the stored one is still the version before it: one conditional write.
   *
   * @returns `written`, or the state that somebody else has stored meanwhile
   */
  replace(route: string, next: BreakerState): Promise<'written' | BreakerState>;
}

/** What an event source mapping is, or should be. */
export type MappingSwitch = { readonly enabled: false } | { readonly enabled: true; readonly concurrency: number };

/** Event source mappings. Both reject with a retryable error. */
export interface EventSourceMappings {
  /** `changing` while Lambda still carries out an earlier change, and refuses another. */
  read(mappingId: string): Promise<MappingSwitch | 'changing'>;
  apply(mappingId: string, wanted: MappingSwitch): Promise<void>;
}

/** How many messages a queue holds, as SQS counts: approximately, and some seconds late. */
export interface QueueDepth {
  readonly visible: number;
  /** In somebody's hands, hidden until their next attempt, or delayed. */
  readonly hidden: number;
}

/** Queues, to look at without working them off. All reject with a retryable error. */
export interface LookAtQueue {
  /** Up to `most` visible messages, ten at the most, hidden for half a minute. Costs each of them a receive. */
  takeSome(queueUrl: string, most: number): Promise<readonly TrialMessage[]>;
  /** Hides a taken message for so long from now. Changes nothing once it is visible again, or somebody else has it. */
  hideTaken(queueUrl: string, receiptHandle: string, seconds: number): Promise<void>;
  /** Takes it off the queue: its event is settled. */
  removeTaken(queueUrl: string, receiptHandle: string): Promise<void>;
  depthOf(queueUrl: string): Promise<QueueDepth>;
}

/** Has a route's processor post one event. Never rejects: what went wrong is `unknown`. */
export type TryDestination = (processorName: string, request: TrialRequest) => Promise<TrialResult>;

export interface SecretOptions {
  /** How long it may take. Default: as `call-limits.ts` allows. */
  readonly withinMs?: number | undefined;
  /** What this source gave before and a request did not match: newer ones are wanted, if there may be any. */
  readonly refused?: readonly string[] | undefined;
}

/**
 * The secrets that are valid for a route just now. Rejects when they cannot be had: that is a fault of ours, not the
 * sender's.
 */
export type SecretSource = (secretArn: string, options?: SecretOptions) => Promise<readonly string[]>;

/** The right to deliver one event until a moment; every later write names it. */
export interface Lease {
  readonly eventId: string;
  readonly owner: string;
  readonly expiresAtMs: number;
}

export type ClaimResult =
  /** The event is ours until the lease ends. */
  | {
      readonly kind: 'claimed';
      readonly lease: Lease;
      /** Finished ones. */
      readonly attempts: number;
      /** When the destination last failed the event, if it ever did; a POST that used up no attempt counts, too. */
      readonly lastFailedAtMs?: number | undefined;
    }
  /** Somebody else delivers it, or its next attempt is not due. */
  | { readonly kind: 'held'; readonly untilMs: number }
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed' };

/** How a dead letter came back. */
export type Redrive =
  /** The time tells one redrive from the next, and from a message that is merely received again. */
  | { readonly kind: 'by-operator'; readonly atMs: number }
  /** SQS's own redrive leaves no time: it opens a record that says `failed`, and leaves any other its attempts. */
  | { readonly kind: 'by-sqs' };

export interface ClaimRequest {
  readonly eventId: string;
  readonly owner: string;
  readonly nowMs: number;
  readonly leaseExpiresAtMs: number;
  readonly receivedAtMs: number;
  readonly expiresAtSeconds: number;
  /** Set for a dead letter that was put back on the queue: it may open its record again, with a fresh budget of attempts. */
  readonly redrive: Redrive | undefined;
}

/** `lease-lost`: somebody else has claimed the event since, and this write changed nothing. */
export type RecordWrite = 'written' | 'lease-lost';

/** How the last attempt ended. */
export interface AttemptOutcome {
  readonly attempts: number;
  readonly lastStatus?: number | undefined;
  readonly lastError?: string | undefined;
  /** The beginning of the destination's last answer, 1 KiB at most. Never logged: it can quote the webhook. */
  readonly lastAnswer?: string | undefined;
}

export interface RetryOutcome extends AttemptOutcome {
  readonly nextAttemptAtMs: number;
  /** Now, if the destination failed the event; undefined where it only wanted a slower pace. */
  readonly failedAtMs?: number | undefined;
}

/** The delivery records of one route. Every change is one conditional write. */
export interface DeliveryRecords {
  claim(request: ClaimRequest): Promise<ClaimResult>;
  recordDelivered(lease: Lease, outcome: AttemptOutcome & { readonly deliveredAtMs: number }): Promise<RecordWrite>;
  /** Gives the lease up without an attempt, and leaves what the last one left; not to be claimed before `untilMs`. */
  handBack(lease: Lease, untilMs: number): Promise<RecordWrite>;
  /** Gives the lease up; the event cannot be claimed before `nextAttemptAtMs`. */
  recordRetry(lease: Lease, outcome: RetryOutcome): Promise<RecordWrite>;
  /** Only after the dead letter is safely in its queue. */
  recordFailed(lease: Lease, outcome: AttemptOutcome): Promise<RecordWrite>;
}

/** One POST to the destination. */
export interface DeliveryRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
}

/** How much of a destination's answer is kept, in bytes of UTF-8. */
export const longestExcerptBytes = 1_024;

/** What came of a POST. */
export type DestinationAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      /** The beginning of the body, {@link longestExcerptBytes} at most; not read for a 2xx. */
      readonly excerpt?: string;
    }
  | { readonly kind: 'timed-out'; readonly afterMs: number }
  /** DNS, TCP, TLS, or a connection that broke before the status line. `code` is Node's, such as ECONNREFUSED. */
  | { readonly kind: 'unreachable'; readonly code: string }
  /** Nothing was sent: the URL leads to this address, and the route may not deliver there. */
  | { readonly kind: 'out-of-reach'; readonly address: string };

/** Posts to the destination. Never rejects: every failure is an answer. */
export type PostToDestination = (request: DeliveryRequest) => Promise<DestinationAnswer>;
