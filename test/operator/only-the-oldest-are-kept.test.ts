import { expect, test } from '@jest/globals';
import { keepOldest } from '../../lib/operator/dead-letters/keep-oldest.ts';
import { aDeadLetter } from './a-dead-letter.ts';

test.each([1, 7, 20, 1_000])(
  'of a thousand dead letters in any order the oldest %d are left, and all are counted',
  (most) => {
    const oldest = keepOldest(most);
    for (let index = 0; index < 1_000; index++) {
      // 389 and 1,000 have no common factor: each age comes once, in no order.
      oldest.add(aDeadLetter({ receivedAtMs: (index * 389) % 1_000, messageId: String(index) }));
    }

    expect(oldest.total()).toBe(1_000);
    expect(oldest.list().map(({ receivedAtMs }) => receivedAtMs)).toEqual(
      Array.from({ length: most }, (_, age) => age),
    );
  },
);
