import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamoDeliveryRecords } from '../../lambdas/adapters/dynamo-delivery-records.ts';
import { deliveryKey } from '../../lambdas/contract/delivery-record.ts';
import type { ClaimRequest, DeliveryRecords } from '../../lambdas/contract/ports.ts';
import { emulatedTable } from '../support/emulated-aws.ts';
import { memoryDeliveryRecords } from '../support/memory-delivery-records.ts';
import { startMs } from '../support/settable-clock.ts';

/** One implementation of the port, with a view of what it has stored. */
export interface RecordsUnderTest {
  readonly records: DeliveryRecords;
  /** The fields of an event's record; none for an event without one. */
  read(eventId: string): Promise<Record<string, string | number>>;
  close(): Promise<void>;
}

const route = 'open-messaging';

async function inMemory(): Promise<RecordsUnderTest> {
  const records = memoryDeliveryRecords(route);
  return { records, read: async (eventId) => ({ ...records.read(eventId) }), close: async () => {} };
}

async function inDynamodb(): Promise<RecordsUnderTest> {
  const { client, table, close } = await emulatedTable();
  return {
    records: dynamoDeliveryRecords(table, route, client),
    read: async (eventId) => {
      const key = { pk: { S: deliveryKey(route, eventId) } };
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
      return Object.fromEntries(
        Object.entries(Item ?? {}).map(([name, value]) => [
          name,
          value.N === undefined ? (value.S ?? '') : Number(value.N),
        ]),
      );
    },
    close,
  };
}

export const implementations = [
  ['in memory', inMemory],
  ['in DynamoDB', inDynamodb],
] as const;

let events = 0;

/** A claim of an event that no other test uses, by `owner-a`, for 25 s from {@link startMs}. */
export function claimOf(changes: Partial<ClaimRequest> = {}): ClaimRequest {
  events += 1;
  return {
    eventId: `event-${events}`,
    owner: 'owner-a',
    nowMs: startMs,
    leaseExpiresAtMs: startMs + 25_000,
    receivedAtMs: startMs - 100,
    expiresAtSeconds: 1_775_211_322,
    redrive: undefined,
    ...changes,
  };
}

/** The same event claimed by somebody else, so many milliseconds after the first claim. */
export function laterClaim(first: ClaimRequest, afterMs: number, changes: Partial<ClaimRequest> = {}): ClaimRequest {
  const nowMs = first.nowMs + afterMs;
  return { ...first, owner: 'owner-b', nowMs, leaseExpiresAtMs: nowMs + 25_000, ...changes };
}

/** The lease that a successful claim gives. */
export function leaseOf({ eventId, owner, leaseExpiresAtMs }: ClaimRequest) {
  return { eventId, owner, expiresAtMs: leaseExpiresAtMs };
}
