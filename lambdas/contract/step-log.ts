import type { PauseReason, Phase } from './breaker-state.ts';
import type { DeadLetterCause } from './errors.ts';
import type { StatusClass } from './metric-names.ts';
import type { TrialResult } from './trial-call.ts';

/** Why a request was not stored. Only the reason is ever logged, nothing of the request's content. */
export type RefusalReason =
  | 'unknown-route'
  | 'empty-body'
  | 'source-not-allowed'
  | 'signature-missing'
  | 'signature-malformed'
  | 'signature-mismatch'
  | 'timestamp-outside-tolerance'
  | 'credential-missing'
  | 'credential-malformed'
  | 'credential-mismatch';

/**
 * One step of a webhook's way. The functions log each as one JSON line, which carries the step's metrics as well
 * (`step-metrics.ts`); the local run and the operator read them.
 */
export type Step =
  | ({ readonly step: 'accepted'; readonly bytes: number } & OfAcceptance)
  | { readonly step: 'offloaded'; readonly route: string; readonly eventId: string; readonly bytes: number }
  /** Accepted although SQS did not take it: it lies in the payload bucket until the sweeper puts it on its queue. */
  | ({ readonly step: 'spilled'; readonly error: string } & OfAcceptance)
  /** A spilled webhook is on its queue. */
  | { readonly step: 'swept'; readonly route: string; readonly eventId: string }
  | { readonly step: 'refused'; readonly route: string; readonly reason: RefusalReason }
  | { readonly step: 'not-stored'; readonly route: string; readonly eventId?: string; readonly error: string }
  | ({
      readonly step: 'delivered';
      readonly status: number;
      /** Since the webhook was received. A redrive does not begin anew. */
      readonly sinceReceiptMs: number;
    } & OfAttempt)
  | ({
      readonly step: 'retrying';
      readonly inSeconds: number;
      readonly error: string;
      readonly status?: number;
      readonly statusClass: StatusClass;
    } & OfAttempt)
  | {
      readonly step: 'dead-letter';
      readonly route: string;
      readonly eventId: string;
      /** Attempts that were made: 0 for none, absent where the record that counts them was not read. */
      readonly attempt?: number;
      readonly cause: DeadLetterCause;
      readonly status?: number;
      /** Of the POST that was the last; absent where none was made. */
      readonly tookMs?: number;
      readonly error: string;
    }
  | {
      readonly step: 'duplicate';
      readonly route: string;
      readonly eventId: string;
      readonly of: 'delivered' | 'dead-letter';
    }
  | {
      readonly step: 'waiting';
      readonly route: string;
      readonly eventId: string;
      readonly inSeconds: number;
      readonly why: WaitReason;
    }
  /** A message that has waited so often that SQS would take it for poison was put on its queue anew. */
  | { readonly step: 'renewed'; readonly route: string; readonly eventId: string; readonly receives: number }
  /** A paused route's destination was tried with one event. */
  | {
      readonly step: 'trial';
      readonly route: string;
      readonly eventId: string;
      readonly outcome: TrialResult['outcome'];
      readonly error?: string;
    }
  /** A route's breaker changed. */
  | {
      readonly step: 'breaker';
      readonly route: string;
      readonly from: Phase['kind'];
      readonly to: Phase['kind'];
      /** Why it opened. */
      readonly reason?: PauseReason;
      readonly error?: string;
    }
  /** A secret could not be read. Told once in a while, not once for each event that needs it. */
  | {
      readonly step: 'secret-unreadable';
      readonly route: string;
      /** Its ARN: a name, and no secret. */
      readonly secret: string;
      /** Whether what was read of it before is still in use, or nothing is known of it. */
      readonly inUse: 'stale' | 'none';
      readonly error: string;
    }
  | {
      readonly step: 'fault';
      readonly route: string;
      readonly eventId?: string;
      readonly during: string;
      readonly error: string;
    };

interface OfAcceptance {
  readonly route: string;
  readonly eventId: string;
  /** From the request's arrival at API Gateway to its answer. */
  readonly tookMs: number;
}

interface OfAttempt {
  readonly route: string;
  readonly eventId: string;
  /** From 1. */
  readonly attempt: number;
  /** Of the POST. */
  readonly tookMs: number;
}

/** Why a message goes back to the queue unattempted. */
export type WaitReason =
  | 'another-delivery-holds-it'
  | 'too-little-time'
  | 'service-unavailable'
  | 'route-paused'
  | 'destination-asked-to-wait';

/** Writes one step. Never throws. */
export type LogStep = (step: Step) => void;
