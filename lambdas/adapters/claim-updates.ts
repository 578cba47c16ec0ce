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
 * Who may start over, with a fresh budget of attempts. A redrive does so once: the same message received again after
 * a crash finds its own time in the record. Whether SQS redrove once or twice cannot be told, so that a failed record
 * is opened whenever such a message comes. The last clause as above.
 */
const reopenable = {
  'by-operator':
    '((attribute_not_exists(redrivenAtMs) OR redrivenAtMs < :redrivenAt) AND ' +
    '(#status = :failed OR (#status = :delivering AND leaseExpiresAtMs <= :now))) OR leaseOwner = :owner',
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
        UpdateExpression: `${takeLease}, attempts = :zero, redrivenAtMs = :redrivenAt`,
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
        UpdateExpression: `${takeLease}, attempts = :zero`,
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
