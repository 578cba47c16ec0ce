import { type DeliveryRecord, deliveryKey } from '../../lambdas/contract/delivery-record.ts';
import type {
  AttemptOutcome,
  ClaimRequest,
  ClaimResult,
  DeliveryRecords,
  Lease,
  RecordWrite,
} from '../../lambdas/contract/ports.ts';

/** Delivery records without DynamoDB; the suites of `test/adapters` hold the two to the same behaviour. */
export interface MemoryDeliveryRecords extends DeliveryRecords {
  /** The record as it stands; undefined for an event that nobody has claimed. */
  read(eventId: string): DeliveryRecord | undefined;
}

type EndOfLease = Pick<DeliveryRecord, 'status'> &
  Partial<Pick<DeliveryRecord, 'leaseExpiresAtMs' | 'deliveredAtMs' | 'lastFailedAtMs'>>;

export function memoryDeliveryRecords(route: string): MemoryDeliveryRecords {
  const records = new Map<string, DeliveryRecord>();

  function take(
    request: ClaimRequest,
    record: DeliveryRecord | undefined,
    attempts: number,
    redrivenAt: Pick<DeliveryRecord, 'redrivenAtMs'> = {},
  ): ClaimResult {
    const { eventId, owner, leaseExpiresAtMs, expiresAtSeconds } = request;
    records.set(eventId, {
      ...record,
      ...redrivenAt,
      pk: deliveryKey(route, eventId),
      status: 'delivering',
      leaseOwner: owner,
      leaseExpiresAtMs,
      attempts,
      firstReceivedAtMs: record?.firstReceivedAtMs ?? request.receivedAtMs,
      expiresAtSeconds,
    });
    const lease = { eventId, owner, expiresAtMs: leaseExpiresAtMs };
    return { kind: 'claimed', lease, attempts, lastFailedAtMs: record?.lastFailedAtMs };
  }

  function leased(lease: Lease): DeliveryRecord | undefined {
    const record = records.get(lease.eventId);
    return record?.status === 'delivering' && record.leaseOwner === lease.owner ? record : undefined;
  }

  function endLease(lease: Lease, outcome: AttemptOutcome, end: EndOfLease): RecordWrite {
    const record = leased(lease);
    if (record === undefined) return 'lease-lost';
    const { leaseOwner: _owner, lastStatus: _status, lastError: _error, lastAnswer: _answer, ...kept } = record;
    records.set(lease.eventId, {
      ...kept,
      ...end,
      attempts: outcome.attempts,
      ...(outcome.lastStatus === undefined ? {} : { lastStatus: outcome.lastStatus }),
      ...(outcome.lastError === undefined ? {} : { lastError: outcome.lastError }),
      ...(outcome.lastAnswer === undefined ? {} : { lastAnswer: outcome.lastAnswer }),
    });
    return 'written';
  }

  return {
    read: (eventId) => records.get(eventId),

    async claim(request) {
      const record = records.get(request.eventId);
      const { redrive } = request;
      const redrivenAt = redrive?.kind === 'by-operator' ? { redrivenAtMs: redrive.atMs } : {};
      if (record === undefined) return take(request, record, 0, redrivenAt);
      const over = record.status === 'delivering' && record.leaseExpiresAtMs <= request.nowMs;
      if (redrive?.kind === 'by-sqs' && record.status === 'failed') return take(request, startedOver(record), 0);
      if (redrive?.kind === 'by-operator') {
        const reopens =
          (record.status === 'failed' && redrive.atMs !== record.redrivenAtMs) ||
          (over && redrive.atMs > (record.redrivenAtMs ?? 0));
        if (reopens) return take(request, startedOver(record), 0, redrivenAt);
      }
      if (over || record.leaseOwner === request.owner) return take(request, record, record.attempts);
      if (record.status === 'delivering') return { kind: 'held', untilMs: record.leaseExpiresAtMs };
      return { kind: record.status };
    },

    async handBack(lease, untilMs) {
      const record = leased(lease);
      if (record === undefined) return 'lease-lost';
      const { leaseOwner: _owner, ...kept } = record;
      records.set(lease.eventId, { ...kept, leaseExpiresAtMs: untilMs });
      return 'written';
    },

    async recordDelivered(lease, { deliveredAtMs, ...outcome }) {
      return endLease(lease, outcome, { status: 'delivered', deliveredAtMs });
    },

    async recordRetry(lease, { nextAttemptAtMs, failedAtMs, ...outcome }) {
      const failed = failedAtMs === undefined ? {} : { lastFailedAtMs: failedAtMs };
      return endLease(lease, outcome, { status: 'delivering', leaseExpiresAtMs: nextAttemptAtMs, ...failed });
    },

    async recordFailed(lease, outcome) {
      return endLease(lease, outcome, { status: 'failed' });
    },
  };
}

function startedOver({ lastFailedAtMs: _lastFailed, ...record }: DeliveryRecord): DeliveryRecord {
  return record;
}
