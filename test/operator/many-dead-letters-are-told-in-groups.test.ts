import { describe, expect, test } from '@jest/globals';
import { countGroups, type Grouping, groupings } from '../../lib/operator/dead-letters/group-dead-letters.ts';
import { renderGroups } from '../../lib/operator/dead-letters/render-groups.ts';
import { renderRule } from '../../lib/operator/redrive/render-redrive.ts';
import { aDeadLetter, nowMs } from './a-dead-letter.ts';

const hourMs = 3_600_000;
const paint = (_style: string, text: string) => text;

function grouped(by: readonly Grouping[], ...deadLetters: readonly Parameters<typeof aDeadLetter>[0][]) {
  const groups = countGroups(by, nowMs);
  for (const changed of deadLetters) groups.add(aDeadLetter(changed));
  return groups.groups();
}

describe('groups of dead letters', () => {
  test('those that are alike are one, the largest first, with its ages and its oldest for an example', () => {
    const groups = grouped(
      ['cause'],
      { cause: 'receive-limit', eventId: 'crash' },
      { receivedAtMs: nowMs - 2 * hourMs, eventId: 'younger', deliveryStatus: 'delivered' },
      { receivedAtMs: nowMs - 5 * hourMs, eventId: 'oldest', sentAtMs: nowMs - 4 * hourMs },
    );

    expect(groups).toEqual([
      {
        alike: { cause: 'rejected' },
        count: 2,
        oldestReceivedAtMs: nowMs - 5 * hourMs,
        newestReceivedAtMs: nowMs - 2 * hourMs,
        firstExpiresAtMs: nowMs - 4 * hourMs + 14 * 24 * hourMs,
        delivered: 1,
        example: expect.objectContaining({ eventId: 'oldest' }),
      },
      expect.objectContaining({ alike: { cause: 'receive-limit' }, count: 1 }),
    ]);
  });

  test('what no destination answered is told from what one did', () => {
    const groups = grouped(['status'], { lastStatus: undefined }, { lastStatus: 503 }, { lastStatus: 503 });

    expect(groups.map(({ alike, count }) => [alike.status, count])).toEqual([
      ['503', 2],
      ['none', 1],
    ]);
  });

  test.each([
    [0, 'under 1h'],
    [1, '1h to 6h'],
    [6, '6h to 1d'],
    [24, '1d to 3d'],
    [72, '3d to 7d'],
    [168, '7d and over'],
  ])('one of %d hours is %s old', (hours, age) => {
    expect(grouped(['age'], { receivedAtMs: nowMs - hours * hourMs })[0]?.alike.age).toBe(age);
  });

  test('the table fits 100 columns even with the longest route and cause, by all groupings but one', () => {
    const longest = { route: 'r'.repeat(64), cause: 'attempts-exhausted', lastStatus: undefined };
    const by = groupings.filter((grouping) => grouping !== 'age');

    const lines = renderGroups(grouped(by, longest, {}), by, nowMs, { columns: 100, paint }).split('\n');

    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines[0]?.split(/\s{2,}/)).toEqual([
      'COUNT',
      'ROUTE',
      'CAUSE',
      'LAST STATUS',
      'OLDEST',
      'NEWEST',
      'LEFT',
      'DELIVERED',
      'EXAMPLE',
    ]);
    expect(lines.at(-1)).toContain('--json has them whole');
  });
});

test.each([
  [{ rate: 20, stopAtPercent: 50 }, 10_000],
  [{ rate: 0.5, stopAtPercent: 'never' }, 3],
] as const)('what is said of a redrive before it begins fits 100 columns (%j)', (rule, total) => {
  for (const line of renderRule(rule, total).split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});
