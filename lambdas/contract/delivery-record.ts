/** Three states of a delivery. `failed` is written only once the dead letter is safely in its queue. */
export type DeliveryStatus = 'delivering' | 'delivered' | 'failed';

/**
 * The DynamoDB item of one event: the dedupe key and the account of its delivery in one.
 *
 * `leaseExpiresAtMs` is the moment before which nobody else may claim the event. While an attempt runs it belongs to
 * `leaseOwner`; between attempts it has no owner and is the time of the next attempt, so that a second copy of the
 * event on the queue cannot jump the backoff.
 */
export interface DeliveryRecord {
  readonly pk: string;
  readonly status: DeliveryStatus;
  readonly leaseOwner?: string;
  readonly leaseExpiresAtMs: number;
  /** Attempts whose outcome is known. One that died before its outcome was written is not counted. */
  readonly attempts: number;
  readonly lastStatus?: number;
  readonly lastError?: string;
  /** The beginning of the destination's last answer, 1 KiB at most. */
  readonly lastAnswer?: string;
  /** When the destination last failed the event. */
  readonly lastFailedAtMs?: number;
  readonly firstReceivedAtMs: number;
  /** The redrive that its attempts are counted from; absent for an event that was never redriven by the operator CLI. */
  readonly redrivenAtMs?: number;
  readonly deliveredAtMs?: number;
  /** DynamoDB TTL, epoch seconds. */
  readonly expiresAtSeconds: number;
}

/** The key of an event's record. Route names have no `#`, so two events cannot share one. */
export function deliveryKey(route: string, eventId: string): string {
  return `event#${route}#${eventId}`;
}
