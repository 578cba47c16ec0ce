import { age, count } from '../terminal/printable.ts';
import { type DeadLetter, expiresAtMs, notQueuedCause, receiveLimitCause } from './dead-letter.ts';

/** Something that happened to an event, or will. */
export interface HistoryStep {
  readonly atMs: number;
  readonly what: string;
}

/**
 * What is known of an event's way, the earliest first. Single attempts leave no trace but in the processor's logs: the
 * record counts them, and keeps when the destination last failed one that was to be repeated.
 */
export function historyOf(deadLetter: DeadLetter): readonly HistoryStep[] {
  const { receivedAtMs, sentAtMs, cause, attempts, editedAtMs, record } = deadLetter;
  const steps: readonly (readonly [number | undefined, string])[] = [
    [receivedAtMs, 'received from the sender'],
    [record?.redrivenAtMs, 'put back on its queue by an operator'],
    [record?.lastFailedAtMs, `last failed, to be tried again${lastAnswer(record)}`],
    [sentAtMs, whySent(cause, attempts)],
    [editedAtMs, 'body changed by an operator'],
    [record?.deliveredAtMs, 'delivered, from another copy'],
    [expiresAtMs(deadLetter), 'SQS deletes this dead letter'],
  ];
  return steps
    .flatMap(([atMs, what]) => (atMs === undefined ? [] : [{ atMs, what }]))
    .toSorted((a, b) => a.atMs - b.atMs);
}

/** SQS keeps no time of its own move: what it tells is when the message was put on the route's queue. */
function whySent(cause: string, attempts: number | undefined): string {
  if (cause === receiveLimitCause) return 'put on its queue; later moved here by SQS, after too many receives';
  if (cause === notQueuedCause) return 'put here by EventBridge, which could not put it on its queue';
  return `set aside: ${cause}${attempts === undefined ? '' : `, after ${count(attempts, 'attempt')}`}`;
}

function lastAnswer(record: DeadLetter['record']): string {
  return record?.lastStatus === undefined ? '' : ` (${record.lastStatus})`;
}

/** Where the event stands now, and what a redrive would come to. */
export function whereItStands({ record }: DeadLetter, nowMs: number): string {
  switch (record?.status) {
    case undefined:
      return 'no delivery record: nobody has claimed it, or its dedupe days are over. A redrive posts it';
    case 'delivered': {
      const since = record.deliveredAtMs === undefined ? '' : ` ${age(record.deliveredAtMs, nowMs)} ago`;
      return `delivered${since}, from another copy. A redrive takes this one off without a POST`;
    }
    case 'failed':
      return 'given up. A redrive posts it, with a fresh budget of attempts';
    case 'delivering':
      return (record.leaseExpiresAtMs ?? 0) > nowMs
        ? 'another copy is being delivered, or waits for its next attempt. A redrive waits for that one'
        : 'its delivery broke off. A redrive posts it';
  }
}
