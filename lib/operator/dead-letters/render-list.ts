import { borderlessTable } from '../terminal/borderless-table.ts';
import { fitColumns, narrowest } from '../terminal/fit-columns.ts';
import { age, printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DeadLetter } from './dead-letter.ts';

const headings = ['AGE', 'ROUTE', 'EVENT ID', 'CAUSE', 'STATUS', 'ATTEMPTS', 'MESSAGE ID'] as const;

type Heading = (typeof headings)[number];

/** What a narrow terminal does without, the first one first: `relay dlq show` has it, too. */
const dispensable: readonly Heading[] = ['ATTEMPTS', 'STATUS'];

/** The message id is the one to copy, and must be whole for that, so everything else gives way before it. */
const givingWay: readonly Heading[] = ['EVENT ID', 'ROUTE', 'CAUSE', 'MESSAGE ID'];

/**
 * The table of `relay dlq list`. On a terminal a row is made to fit into one line: the event id is shortened, then columns
 * are left out. With 75 columns and more the message id stays whole.
 */
export function renderList(
  deadLetters: readonly DeadLetter[],
  nowMs: number,
  { columns, paint }: Pick<Terminal, 'columns' | 'paint'>,
): string {
  const rows = deadLetters.map((deadLetter) => cellsOf(deadLetter, nowMs));
  const shown = columns === undefined ? headings : headingsWithin(columns, rows);
  const whole = rows.map((row) => shown.map((heading) => row[heading]));
  const places = givingWay.map((heading) => shown.indexOf(heading));
  const { fitted, isShortened } = fitColumns(shown, whole, columns, places);
  const table = borderlessTable([shown.map((heading) => paint('bold', heading)), ...fitted]);
  const missing = headings.filter((heading) => !shown.includes(heading));
  const lost = [
    ...(isShortened ? ['shortened to fit'] : []),
    ...(missing.length > 0 ? [`no ${missing.join(', ')}`] : []),
  ];
  return lost.length === 0 ? table : `${table}\n${paint('dim', `${lost.join(', ')}: --json has everything`)}`;
}

type Cells = Readonly<Record<Heading, string>>;

function cellsOf(deadLetter: DeadLetter, nowMs: number): Cells {
  return {
    AGE: age(deadLetter.receivedAtMs, nowMs),
    ROUTE: deadLetter.route,
    'EVENT ID': printable(deadLetter.eventId ?? '-'),
    CAUSE: printable(deadLetter.cause),
    STATUS: String(deadLetter.lastStatus ?? '-'),
    ATTEMPTS: String(deadLetter.attempts ?? '-'),
    'MESSAGE ID': deadLetter.messageId,
  };
}

/** As many of the columns as have room with nothing shortened but the event id. */
function headingsWithin(columns: number, rows: readonly Cells[]): readonly Heading[] {
  let shown: readonly Heading[] = headings;
  for (const next of dispensable) {
    const cells = rows.map((row) => shown.map((heading) => row[heading]));
    if (narrowest(shown, cells, [shown.indexOf('EVENT ID')]) <= columns) break;
    shown = shown.filter((heading) => heading !== next);
  }
  return shown;
}
