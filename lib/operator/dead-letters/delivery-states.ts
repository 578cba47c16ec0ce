import type { DeliveryRecord } from '../../../lambdas/contract/delivery-record.ts';

/** What the operator wants to know of an event's delivery record. */
export interface DeliveryState {
  readonly status: DeliveryRecord['status'];
  readonly attempts: number;
  readonly lastStatus?: number | undefined;
  readonly lastError?: string | undefined;
  readonly lastAnswer?: string | undefined;
  readonly firstReceivedAtMs?: number | undefined;
  /** When the destination last failed the event since it was put on its queue. */
  readonly lastFailedAtMs?: number | undefined;
  /** The redrive by this command that the attempts are counted from. */
  readonly redrivenAtMs?: number | undefined;
  readonly deliveredAtMs?: number | undefined;
  /** Before it nobody attempts the event: an attempt is under way until then, or the next one is due. */
  readonly leaseExpiresAtMs?: number | undefined;
}

/**
 * The delivery records of many events by their keys; an event without a record is not in the answer. Rejects with an
 * {@link OperatorError} that names the table.
 */
export type ReadDeliveryStates = (keys: readonly string[]) => Promise<ReadonlyMap<string, DeliveryState>>;
