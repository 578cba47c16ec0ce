import type { DeliveryRecord } from '../../../lambdas/contract/delivery-record.ts';

/** What the operator wants to know of an event's delivery record. */
export interface DeliveryState {
  readonly status: DeliveryRecord['status'];
  readonly attempts: number;
  readonly lastStatus?: number | undefined;
  readonly lastError?: string | undefined;
  readonly lastAnswer?: string | undefined;
  /** Before it nobody attempts the event: an attempt is under way until then, or the next one is due. */
  readonly leaseExpiresAtMs?: number | undefined;
  readonly firstReceivedAtMs?: number | undefined;
  readonly deliveredAtMs?: number | undefined;
}

/**
 * The delivery records of many events by their keys; an event without a record is not in the answer. Rejects with an
 * {@link OperatorError} that names the table.
 */
export type ReadDeliveryStates = (keys: readonly string[]) => Promise<ReadonlyMap<string, DeliveryState>>;
