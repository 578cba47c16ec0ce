import { expect, test } from '@jest/globals';
import { measurePace } from '../../lib/operator/redrive/redrive-pace.ts';
import { settableClock } from '../support/settable-clock.ts';

test('the first message, which comes at once, does not promise more than the rate allows', () => {
  const clock = settableClock();
  const pace = measurePace(3, 0.2, clock.now);
  clock.advance(58);

  expect(pace.text(1)).toBe('0.2/s, 10 s left');
});

test('a service that is slower than the rate is believed', () => {
  const clock = settableClock();
  const pace = measurePace(60, 20, clock.now);
  clock.advance(10_000);

  expect(pace.text(20)).toBe('2.0/s, 20 s left');
});
