import { describe, expect, test } from '@jest/globals';
import type { DeadLetter } from '../../lib/operator/dead-letters/dead-letter.ts';
import { renderList } from '../../lib/operator/dead-letters/render-list.ts';

const nowMs = 1_790_000_000_000;
const paint = (_style: string, text: string) => text;
const messageId = '5fea7756-0ea4-451a-a703-a558b933e274';
const eventId = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

describe('the list of dead letters', () => {
  test('is whole where nobody looks at its width', () => {
    const [headings, row] = renderList([deadLetter({})], nowMs, { columns: undefined, paint }).split('\n');

    expect(headings?.split(/\s{2,}/)).toEqual([
      'AGE',
      'ROUTE',
      'EVENT ID',
      'CAUSE',
      'LAST STATUS',
      'ATTEMPTS',
      'MESSAGE ID',
    ]);
    expect(row?.split(/\s{2,}/)).toEqual([
      '3h',
      'open-messaging',
      eventId,
      'attempts-exhausted',
      '503',
      '10',
      messageId,
    ]);
  });

  test('fits 100 columns, with both ids shortened in the middle when it has to be', () => {
    const lines = renderList([deadLetter({})], nowMs, { columns: 100, paint }).split('\n');

    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines[1]).toMatch(/9f86….*0a08 .*5fea77.*….*33e274/);
    expect(lines.at(-1)).toBe('ids are shortened to fit: --json has them whole');
  });

  test('keeps the message id whole as long as the event id can give way', () => {
    const lines = renderList([deadLetter({ cause: 'rejected' })], nowMs, { columns: 115, paint }).split('\n');

    expect(lines[1]).toContain(messageId);
    expect(lines[1]).not.toContain(eventId);
  });

  test('has a dash where nothing is known', () => {
    const unknown = deadLetter({ eventId: undefined, lastStatus: undefined, attempts: undefined });

    const row = renderList([unknown], nowMs, { columns: undefined, paint }).split('\n')[1];

    expect(row?.split(/\s{2,}/)).toEqual(['3h', 'open-messaging', '-', 'attempts-exhausted', '-', '-', messageId]);
  });

  test.each([
    [-5, '0s'],
    [119, '119s'],
    [120, '2m'],
    [3599, '59m'],
    [86_399, '23h'],
    [86_400 * 14, '14d'],
  ])('%d seconds are %s', (seconds, expected) => {
    const row = renderList([deadLetter({ receivedAtMs: nowMs - seconds * 1000 })], nowMs, {
      columns: undefined,
      paint,
    });

    expect(row.split('\n')[1]?.startsWith(`${expected} `)).toBe(true);
  });
});

function deadLetter(changed: Partial<DeadLetter>): DeadLetter {
  return {
    messageId,
    route: 'open-messaging',
    eventId,
    cause: 'attempts-exhausted',
    attempts: 10,
    lastStatus: 503,
    lastError: undefined,
    lastAnswer: undefined,
    receivedAtMs: nowMs - 3 * 3_600_000,
    sentAtMs: nowMs - 2 * 3_600_000,
    editedAtMs: undefined,
    deliveryStatus: 'failed',
    record: undefined,
    attributes: {},
    ...changed,
  };
}
