import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { ClaimRequest, Redrive } from '../contract/ports.ts';
import { type RecordItem, toAttribute } from './delivery-record-item.ts';

/** A conditional change of a delivery record. DynamoDB refuses names and values that its expressions do not use. */
export type RecordUpdate = Pick<
  UpdateItemCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** Who may claim, clause by clause. */
const claimable = [
  /** Nobody has seen the event. */
  'attribute_not_exists(pk)',
  /** Its lease is over: the owner died, or the backoff after the last attempt has passed. */
  '(#status = :delivering AND leaseExpiresAtMs <= :now)',
  /** We are the owner: the SDK repeats a write whose answer was lost, and must not lock us out of our own lease. */
  'leaseOwner = :owner',
].join(' OR ');

/**
 * Who may start over, with a fresh budget of attempts and as an event that was never failed. A redrive by the operator CLI does so once: the same message
 * received again after a crash finds its own time in the record. SQS's own redrive leaves no time to tell one from the
 * next, so that it opens a failed record each time, and no other.
 */
const reopenable = {
  'by-operator': [
    /** Nobody has seen the event, or DynamoDB could not be used when it was set aside. */
    'attribute_not_exists(pk)',
    /**
     * Another redrive, earlier or later by its clock: those of two operators may differ, and a message that was taken
     * for a copy of an older one would be acknowledged although no dead letter is left.
     */
    '(#status = :failed AND (attribute_not_exists(redrivenAtMs) OR redrivenAtMs <> :redrivenAt))',
    /** A crash set it aside half-way. Later only: two redriven copies would otherwise give each other new budgets. */
    '(#status = :delivering AND leaseExpiresAtMs <= :now AND ' +
      '(attribute_not_exists(redrivenAtMs) OR redrivenAtMs < :redrivenAt))',
    /** As above. */
    'leaseOwner = :owner',
  ].join(' OR '),
  'by-sqs': '#status = :failed OR leaseOwner = :owner',
} as const;

const takeLease =
  'SET #status = :delivering, leaseOwner = :owner, leaseExpiresAtMs = :leaseExpires, expiresAtSeconds = :ttl, ' +
  'firstReceivedAtMs = if_not_exists(firstReceivedAtMs, :received)';

/** First claim of an event, or the next one after a lease or a backoff. */
export function claimUpdate(request: ClaimRequest): RecordUpdate {
  return {
    UpdateExpression: `${takeLease}, attempts = if_not_exists(attempts, :zero)`,
    ConditionExpression: claimable,
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ...leaseValues(request), ':now': toAttribute(request.nowMs) },
  };
}

/** Claim of a redriven dead letter. */
export function reopenUpdate(request: ClaimRequest, redrive: Redrive): RecordUpdate {
  const failed = { ':failed': toAttribute('failed') };
  const common = {
    ConditionExpression: reopenable[redrive.kind],
    ExpressionAttributeNames: { '#status': 'status' },
  };
  switch (redrive.kind) {
    case 'by-operator':
      return {
        ...common,
        UpdateExpression: `${takeLease}, attempts = :zero, redrivenAtMs = :redrivenAt REMOVE lastFailedAtMs`,
        ExpressionAttributeValues: {
          ...leaseValues(request),
          ...failed,
          ':now': toAttribute(request.nowMs),
          ':redrivenAt': toAttribute(redrive.atMs),
        },
      };
    case 'by-sqs':
      return {
        ...common,
        UpdateExpression: `${takeLease}, attempts = :zero REMOVE lastFailedAtMs`,
        ExpressionAttributeValues: { ...leaseValues(request), ...failed },
      };
  }
}

function leaseValues(request: ClaimRequest): RecordItem {
  return {
    ':delivering': toAttribute('delivering'),
    ':owner': toAttribute(request.owner),
    ':leaseExpires': toAttribute(request.leaseExpiresAtMs),
    ':ttl': toAttribute(request.expiresAtSeconds),
    ':received': toAttribute(request.receivedAtMs),
    ':zero': toAttribute(0),
  };
}
