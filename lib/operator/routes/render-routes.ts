import { borderlessTable } from '../terminal/borderless-table.ts';
import type { Paint, Style, Terminal } from '../terminal/terminal.ts';
import { type BreakerExplanation, explainBreaker } from './explain-breaker.ts';
import type { RouteOverview } from './route-overview.ts';

const headings = ['ROUTE', 'STATE', 'WAITING', 'IN FLIGHT', 'DEAD LETTERS', 'WHY', 'WHAT IS NEXT'];
/** WHY and WHAT IS NEXT, which are sentences. */
const firstSentence = 5;

const colours: Readonly<Record<BreakerExplanation['state'], Style>> = {
  flowing: 'green',
  waiting: 'yellow',
  paused: 'red',
  reopening: 'yellow',
  'ramping up': 'yellow',
  unreadable: 'red',
};

/** The table of `relay route list`. On a terminal that is too narrow for it, the sentences go below their route's row. */
export function renderRoutes(
  overviews: readonly RouteOverview[],
  nowMs: number,
  { columns, paint }: Pick<Terminal, 'columns' | 'paint'>,
): string {
  const routes = overviews.map((overview) => ({ overview, explanation: explainBreaker(overview.breaker, nowMs) }));
  const rowsWith = (painted: Paint) => [
    headings.map((heading) => painted('bold', heading)),
    ...routes.map(({ overview, explanation }) => cells(overview, explanation, painted)),
  ];
  const isWide = columns === undefined || widest(borderlessTable(rowsWith(unpainted))) <= columns;
  const rows = rowsWith(paint);
  if (isWide) return borderlessTable(rows);

  const [heading, ...lines] = borderlessTable(rows.map((row) => row.slice(0, firstSentence))).split('\n');
  const blocks = lines.map((line, index) => {
    const { why, next } = routes[index]?.explanation ?? {};
    return [line, ...sentence('why ', why, paint), ...sentence('next', next, paint)];
  });
  return [heading, ...blocks.flat()].join('\n');
}

function cells(
  { route, waiting, inFlight, deadLetters }: RouteOverview,
  { state, why, next }: BreakerExplanation,
  paint: Paint,
): string[] {
  return [
    route,
    paint(colours[state], state),
    String(waiting),
    String(inFlight),
    deadLetters === 0 ? '0' : paint('yellow', String(deadLetters)),
    why ?? '-',
    next ?? '-',
  ];
}

function sentence(label: string, text: string | undefined, paint: Paint): readonly string[] {
  return text === undefined ? [] : [`  ${paint('dim', label)}  ${text}`];
}

const unpainted: Paint = (_style, text) => text;

function widest(table: string): number {
  return Math.max(...table.split('\n').map((line) => line.length));
}
