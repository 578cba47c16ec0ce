import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { bars, formatBar, holds } from '../../bench/bars.ts';
import { missedBars, renderForDocs, replaceResults } from '../../bench/render-results.ts';

const page = readFileSync('docs/performance.md', 'utf8');

test('every bar is on the page, with what it must be and what was measured', () => {
  const missing = bars.filter((bar) => !page.includes(`| ${bar.figure} | ${formatBar(bar)} | `));
  expect(missing).toEqual([]);
  expect(page).not.toContain('not measured');
});

test('the page tells when, where and from which commit', () => {
  expect(page).toMatch(/^Measured on \d{4}-\d{2}-\d{2} at commit [0-9a-f]{7,}, with Node \d+\.\d+\.\d+, on .+\.$/m);
});

test('a bar that does not hold is told as one', () => {
  const [bar] = bars;
  if (bar === undefined) throw new Error('there are no bars');
  const figure = { id: bar.id, title: 'accept', ratio: 1.3, relay: '13 ms' };
  expect(holds(bar, 1.3)).toBe(false);
  expect(missedBars([figure])).toEqual([`${bar.figure}: 1.30, not ≤ 1.10`]);
  const circumstances = { machine: 'm', node: '24.0.0', date: '2026-01-02', commit: '0123456' };
  expect(renderForDocs({ circumstances, figures: [figure] })).toContain(
    `| ${bar.figure} | ≤ 1.10 | 1.30 | DOES NOT HOLD |`,
  );
});

test('results are written between their marks, and nothing else of the page changes', () => {
  const results = {
    circumstances: { machine: 'm', node: '24.0.0', date: '2026-01-02', commit: '0123456' },
    figures: [],
  };
  const written = replaceResults(page, results);
  expect(written).toContain('at commit 0123456');
  expect(written.slice(0, 300)).toBe(page.slice(0, 300));
  expect(written.slice(-300)).toBe(page.slice(-300));
  expect(() => replaceResults('no marks', results)).toThrow('the page lacks');
});
