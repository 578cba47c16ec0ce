import { describe, expect, test } from '@jest/globals';
import type { DeliveryState } from '../../lib/operator/dead-letters/delivery-states.ts';
import { historyOf, whereItStands } from '../../lib/operator/dead-letters/explain-delivery.ts';
import { aDeadLetter, nowMs } from './a-dead-letter.ts';

const minuteMs = 60_000;

describe('a dead letter', () => {
  test('has a history, in the order in which it happened, up to its end', () => {
    const history = historyOf(
      aDeadLetter({
        receivedAtMs: nowMs - 60 * minuteMs,
        sentAtMs: nowMs - 20 * minuteMs,
        editedAtMs: nowMs - 20 * minuteMs,
        attempts: 3,
        cause: 'attempts-exhausted',
        record: {
          status: 'delivered',
          attempts: 1,
          lastStatus: 503,
          lastFailedAtMs: nowMs - 30 * minuteMs,
          redrivenAtMs: nowMs - 40 * minuteMs,
          deliveredAtMs: nowMs - 10 * minuteMs,
        },
      }),
    );

    expect(history.map(({ atMs, what }) => [(nowMs - atMs) / minuteMs, what])).toEqual([
      [60, 'received from the sender'],
      [40, 'put back on its queue by an operator'],
      [30, 'last failed, to be tried again (503)'],
      [20, 'set aside: attempts-exhausted, after 3 attempts'],
      [20, 'body changed by an operator'],
      [10, 'delivered, from another copy'],
      [20 - 14 * 24 * 60, 'SQS deletes this dead letter'],
    ]);
  });

  test('that SQS moved by itself does not claim to know when', () => {
    const history = historyOf(aDeadLetter({ cause: 'receive-limit' }));

    expect(history.map(({ what }) => what)).toContain(
      'put on its queue; later moved here by SQS, after too many receives',
    );
  });

  test.each<[DeliveryState | undefined, string]>([
    [undefined, 'no delivery record'],
    [{ status: 'failed', attempts: 1 }, 'given up. A redrive posts it, with a fresh budget'],
    [
      { status: 'delivered', attempts: 1, deliveredAtMs: nowMs - 5 * minuteMs },
      'delivered 5m ago, from another copy. A redrive takes this one off without a POST',
    ],
    [{ status: 'delivering', attempts: 1, leaseExpiresAtMs: nowMs + 1 }, 'another copy is being delivered'],
    [{ status: 'delivering', attempts: 1, leaseExpiresAtMs: nowMs - 1 }, 'its delivery broke off'],
  ])('with the record %j says what a redrive would come to', (record, expected) => {
    expect(whereItStands(aDeadLetter({ record }), nowMs)).toContain(expected);
  });
});
