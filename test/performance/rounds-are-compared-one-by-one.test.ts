import { expect, test } from '@jest/globals';
import { inTurns, median, medianRatio } from '../../bench/support/in-turns.ts';

test('the median is the middle, or between the two in the middle', () => {
  expect(median([9, 1, 10])).toBe(9);
  expect(median([10, 1, 4, 2])).toBe(3);
  expect(median([])).toBeNaN();
});

test('a round that was disturbed is one round of many', () => {
  expect(medianRatio([11, 1_100, 11], [10, 1_000, 10])).toBeCloseTo(1.1);
  expect(medianRatio([11, 11, 99], [10, 10, 10])).toBeCloseTo(1.1);
});

test('subjects take turns, each first in every other round, and what warms them up does not count', async () => {
  const order: string[] = [];
  const subject = (name: string) => async () => order.push(name);
  const turns = await inTurns({ relay: subject('relay'), floor: subject('floor') }, { rounds: 2, warmUps: 2 });
  expect(order.join(' ')).toBe('relay floor floor relay relay floor floor relay');
  expect(turns).toEqual({ relay: [5, 8], floor: [6, 7] });
});
