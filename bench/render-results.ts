import { borderlessTable } from '../lib/operator/terminal/borderless-table.ts';
import { bars, formatBar, holds } from './bars.ts';
import type { Figure } from './figure.ts';

/** Where and when it was measured. */
export interface Circumstances {
  readonly machine: string;
  readonly node: string;
  readonly date: string;
  readonly commit: string;
}

export interface Results {
  readonly circumstances: Circumstances;
  readonly figures: readonly Figure[];
}

export const beginOfResults = '<!-- written by npm run bench -- --docs -->';
export const endOfResults = '<!-- end of what npm run bench has written -->';

export function renderForTerminal({ circumstances, figures }: Results): string {
  const rows = figures.map(({ title, ratio, relay, reference = '' }) => [title, formatRatio(ratio), relay, reference]);
  return [
    borderlessTable([['FIGURE', 'RATIO', 'RELAY', 'COMPARED WITH'], ...rows]),
    borderlessTable([['BAR', 'MUST BE', 'IS', ''], ...barRows(figures)]),
    describe(circumstances),
  ].join('\n\n');
}

/** The part of docs/performance.md between the two marks. */
export function renderForDocs({ circumstances, figures }: Results): string {
  return [
    beginOfResults,
    describe(circumstances),
    '',
    '| bar | must be | is | |',
    '|---|---|---|---|',
    ...barRows(figures).map((row) => `| ${row.join(' | ')} |`),
    '',
    '| figure | ratio | relay | compared with |',
    '|---|---|---|---|',
    ...figures.map(
      ({ title, ratio, relay, reference = '' }) => `| ${title} | ${formatRatio(ratio)} | ${relay} | ${reference} |`,
    ),
    endOfResults,
  ].join('\n');
}

/** @throws Error for a page without the marks */
export function replaceResults(page: string, results: Results): string {
  const begin = page.indexOf(beginOfResults);
  const end = page.indexOf(endOfResults);
  if (begin < 0 || end < begin) throw new Error(`the page lacks ${beginOfResults} or ${endOfResults}`);
  return page.slice(0, begin) + renderForDocs(results) + page.slice(end + endOfResults.length);
}

/** The bars that were measured and do not hold. */
export function missedBars(figures: readonly Figure[]): readonly string[] {
  return bars.flatMap((bar) => {
    const { ratio } = figures.find(({ id }) => id === bar.id) ?? {};
    return ratio === undefined || holds(bar, ratio)
      ? []
      : [`${bar.figure}: ${ratio.toFixed(2)}, not ${formatBar(bar)}`];
  });
}

function barRows(figures: readonly Figure[]): readonly (readonly string[])[] {
  return bars.map((bar) => {
    const { ratio } = figures.find(({ id }) => id === bar.id) ?? {};
    const verdict = ratio === undefined ? 'not measured' : holds(bar, ratio) ? 'holds' : 'DOES NOT HOLD';
    return [bar.figure, formatBar(bar), formatRatio(ratio), verdict];
  });
}

function formatRatio(ratio: number | undefined): string {
  return ratio === undefined ? '-' : ratio.toFixed(2);
}

function describe({ machine, node, date, commit }: Circumstances): string {
  return `Measured on ${date} at commit ${commit}, with Node ${node}, on ${machine}.`;
}
