import { describe, expect, test } from '@jest/globals';
import type { DeadLetter } from '../../lib/operator/dead-letters/dead-letter.ts';
import { parseSelection, type SelectionOptions } from '../../lib/operator/dead-letters/parse-selection.ts';
import { isEverything, isSelected } from '../../lib/operator/dead-letters/selection.ts';
import { aDeadLetter, nowMs } from './a-dead-letter.ts';

const hourMs = 3_600_000;

describe('a choice of dead letters', () => {
  const isChosen = (options: SelectionOptions, changed: Partial<DeadLetter> = {}) =>
    isSelected(aDeadLetter(changed), parseSelection([], options, nowMs));

  test.each<[SelectionOptions, Partial<DeadLetter>, boolean]>([
    [{}, {}, true],
    [{ cause: ['rejected'] }, { cause: 'rejected' }, true],
    [{ cause: ['rejected'] }, { cause: 'receive-limit' }, false],
    [{ cause: ['rejected', 'receive-limit'] }, { cause: 'receive-limit' }, true],
    [{ status: ['422'] }, { lastStatus: 422 }, true],
    [{ status: ['422'] }, { lastStatus: 400 }, false],
    [{ status: ['4xx'] }, { lastStatus: 499 }, true],
    [{ status: ['4XX'] }, { lastStatus: 500 }, false],
    [{ status: ['none'] }, { lastStatus: undefined }, true],
    [{ status: ['none'] }, { lastStatus: 400 }, false],
    [{ status: ['5xx', 'none'] }, { lastStatus: undefined }, true],
    [{ status: ['5xx'] }, { lastStatus: undefined }, false],
    [{ since: '2h' }, { receivedAtMs: nowMs - 2 * hourMs }, true],
    [{ since: '2h' }, { receivedAtMs: nowMs - 2 * hourMs - 1 }, false],
    [{ until: '90m' }, { receivedAtMs: nowMs - 1.5 * hourMs }, true],
    [{ until: '90m' }, { receivedAtMs: nowMs - hourMs }, false],
    [{ cause: ['rejected'], status: ['4xx'] }, { cause: 'rejected', lastStatus: 503 }, false],
  ])('%j of %j: %s', (options, changed, expected) => {
    expect(isChosen(options, changed)).toBe(expected);
  });

  test.each([
    ['2026-05-04', Date.UTC(2026, 4, 4)],
    ['2026-05-04T03:15', Date.UTC(2026, 4, 4, 3, 15)],
    ['2026-05-04 03:15', Date.UTC(2026, 4, 4, 3, 15)],
    ['2026-05-04T03:15Z', Date.UTC(2026, 4, 4, 3, 15)],
    ['2026-05-04T03:15+02:00', Date.UTC(2026, 4, 4, 1, 15)],
    ['45s', nowMs - 45_000],
    ['3d', nowMs - 72 * hourMs],
  ])('%s is a moment, in UTC unless it says otherwise, wherever the operator sits', (since, expected) => {
    expect(parseSelection([], { since }, nowMs).sinceMs).toBe(expected);
  });

  test.each<[SelectionOptions, string]>([
    [{ cause: ['rejectd'] }, '--cause "rejectd" is none: the causes are rejected, '],
    [{ status: ['teapot'] }, '--status takes a status like 422, a class like 4xx, or none, not "teapot"'],
    [{ status: ['600'] }, 'not "600"'],
    [{ since: 'yesterday' }, '--since takes how long ago (90s, 30m, 2h, 3d) or a time'],
    [{ until: '2026-13-45' }, '--until takes'],
    [{ since: '1h', until: '2h' }, '--since 1h is after --until 2h'],
  ])('%j is refused with what is possible', (options, message) => {
    expect(() => parseSelection([], options, nowMs)).toThrow(message);
  });

  test('event ids and message ids are one list of ids', () => {
    expect(parseSelection(['a'], { event: ['b', 'c'] }, nowMs).ids).toEqual(['a', 'b', 'c']);
  });

  test('only what nothing narrows is everything', () => {
    expect(isEverything(parseSelection([], {}, nowMs))).toBe(true);
    const narrowed: readonly SelectionOptions[] = [
      { route: 'main' },
      { cause: ['rejected'] },
      { status: ['none'] },
      { event: ['x'] },
      { since: '1h' },
      { until: '1h' },
    ];
    for (const options of narrowed) expect(isEverything(parseSelection([], options, nowMs))).toBe(false);
  });
});
