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
      'STATUS',
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

  test.each([
    ['the longest cause', {}],
    ['a long name of a route', { route: 'events-of-the-contact-centre-in-the-south-of-the-country' }],
    ['an age in seconds', { receivedAtMs: nowMs - 119_000 }],
  ])('fits 100 columns with the message id whole, which is what to copy: %s', (_what, changed) => {
    const lines = renderList([deadLetter(changed)], nowMs, { columns: 100, paint }).split('\n');

    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines[1]).toMatch(/ 9f86.*….*0a08 /);
    expect(lines[1]?.endsWith(messageId)).toBe(true);
  });

  test('leaves out on 100 columns what `relay dlq show` tells, and says so', () => {
    const lines = renderList([deadLetter({})], nowMs, { columns: 100, paint }).split('\n');

    expect(lines[0]?.split(/\s{2,}/)).toEqual(['AGE', 'ROUTE', 'EVENT ID', 'CAUSE', 'STATUS', 'MESSAGE ID']);
    expect(lines[1]).toContain('attempts-exhausted');
    expect(lines.at(-1)).toBe('shortened to fit, no ATTEMPTS: --json has everything');
  });

  test('shortens the event id before it leaves anything out', () => {
    const lines = renderList([deadLetter({ cause: 'rejected' })], nowMs, { columns: 115, paint }).split('\n');

    expect(lines[0]).toContain('ATTEMPTS');
    expect(lines[1]).toContain(messageId);
    expect(lines[1]).not.toContain(eventId);
    expect(lines.at(-1)).toBe('shortened to fit: --json has everything');
  });

  test.each([80, 60, 50])('fits %i columns, too', (columns) => {
    const lines = renderList([deadLetter({})], nowMs, { columns, paint }).split('\n');

    expect(lines[1]?.length).toBeLessThanOrEqual(columns);
    expect(lines[1]?.includes(messageId)).toBe(columns === 80);
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
