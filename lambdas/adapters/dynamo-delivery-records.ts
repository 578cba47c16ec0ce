import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { deliveryKey } from '../contract/delivery-record.ts';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { ClaimRequest, ClaimResult, DeliveryRecords, Lease, RecordWrite } from '../contract/ports.ts';
import { callLimits } from './call-limits.ts';
import { claimUpdate, type RecordUpdate, reopenUpdate } from './claim-updates.ts';
import {
  parseClaimState,
  type RecordFields,
  type RecordItem,
  toAttribute,
  updateFields,
} from './delivery-record-item.ts';

/** Only the owner ends a lease, and only while it is one: a stale owner's late write changes nothing. */
const ownLease = 'leaseOwner = :owner AND #status = :delivering';

/** What an earlier attempt left behind and this one has no word on is removed. */
const noOutcome = { lastStatus: undefined, lastError: undefined, lastAnswer: undefined } as const;

type UpdateResult =
  | { readonly kind: 'written'; readonly item: RecordItem | undefined }
  | { readonly kind: 'refused'; readonly item: RecordItem | undefined };

/**
 * The delivery records of a route in DynamoDB. A delivery costs two conditional writes and no read; only a claim that
 * is lost to somebody else may read.
 *
 * The race that the conditions decide, with two copies A and B of one event on the queue:
 *
 *     A  claim ✓ ─────────▶ POST ─────▶ recordDelivered (owner A ✓)
 *     B       claim ✗ held until A's lease ends ………… claim ✗ delivered: acknowledged without a POST
 *
 * and with A stalled beyond its lease:
 *
 *     A  claim ✓ ─▶ POST hangs ………………………………… recordDelivered (owner A ✗): lease-lost, nothing written
 *     B                   lease over, claim ✓ ─▶ POST ─▶ recordDelivered (owner B ✓)
 */
export function dynamoDeliveryRecords(
  table: string,
  route: string,
  client: DynamoDBClient = new DynamoDBClient(callLimits),
): DeliveryRecords {
  const keyOf = (eventId: string) => ({ pk: toAttribute(deliveryKey(route, eventId)) });

  async function update(eventId: string, change: RecordUpdate): Promise<UpdateResult> {
    try {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(eventId),
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          ...change,
        }),
      );
      return { kind: 'written', item: Attributes };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { kind: 'refused', item: error.Item };
      throw new ServiceUnavailableError('DynamoDB did not write the delivery record', error);
    }
  }

  async function read(eventId: string): Promise<RecordItem | undefined> {
    try {
      const command = new GetItemCommand({ TableName: table, Key: keyOf(eventId), ConsistentRead: true });
      return (await client.send(command)).Item;
    } catch (error) {
      throw new ServiceUnavailableError('DynamoDB did not read the delivery record', error);
    }
  }

  async function endLease(lease: Lease, fields: RecordFields): Promise<RecordWrite> {
    const { expression, names, values } = updateFields({ ...fields, leaseOwner: undefined });
    const result = await update(lease.eventId, {
      UpdateExpression: expression,
      ConditionExpression: ownLease,
      ExpressionAttributeNames: { '#status': 'status', ...names },
      ExpressionAttributeValues: {
        ...values,
        ':owner': toAttribute(lease.owner),
        ':delivering': toAttribute('delivering'),
      },
    });
    return result.kind === 'written' ? 'written' : 'lease-lost';
  }

  return {
    async claim(request) {
      if (request.redrive !== undefined) {
        const reopened = await update(request.eventId, reopenUpdate(request, request.redrive));
        if (reopened.kind === 'written') return ours(request, reopened.item);
      }
      const claimed = await update(request.eventId, claimUpdate(request));
      if (claimed.kind === 'written') return ours(request, claimed.item);
      // AWS returns the item with its refusal; where a service does not, it is read.
      const item = claimed.item ?? (await read(request.eventId));
      // Gone between the two calls, by TTL: the event is new again for whoever asks next.
      if (item === undefined) return { kind: 'held', untilMs: request.nowMs };
      const state = parseClaimState(item);
      if (state.status === 'delivering') return { kind: 'held', untilMs: state.leaseExpiresAtMs };
      return { kind: state.status };
    },

    recordDelivered: (lease, outcome) => endLease(lease, { status: 'delivered', ...noOutcome, ...outcome }),

    handBack: (lease, untilMs) => endLease(lease, { leaseExpiresAtMs: untilMs }),

    recordRetry: (lease, { nextAttemptAtMs, failedAtMs, ...outcome }) =>
      endLease(lease, {
        status: 'delivering',
        ...noOutcome,
        ...outcome,
        leaseExpiresAtMs: nextAttemptAtMs,
        ...(failedAtMs === undefined ? {} : { lastFailedAtMs: failedAtMs }),
      }),

    recordFailed: (lease, outcome) => endLease(lease, { status: 'failed', ...noOutcome, ...outcome }),
  };
}

function ours(request: ClaimRequest, item: RecordItem | undefined): ClaimResult {
  const { eventId, owner, leaseExpiresAtMs } = request;
  const { attempts, lastFailedAtMs } = item === undefined ? { attempts: 0 } : parseClaimState(item);
  return { kind: 'claimed', lease: { eventId, owner, expiresAtMs: leaseExpiresAtMs }, attempts, lastFailedAtMs };
}
