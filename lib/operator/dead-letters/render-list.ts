import { borderlessTable } from '../terminal/borderless-table.ts';
import { age, printable, shortenMiddle } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DeadLetter } from './dead-letter.ts';

const headings = ['AGE', 'ROUTE', 'EVENT ID', 'CAUSE', 'LAST STATUS', 'ATTEMPTS', 'MESSAGE ID'];
const eventIdColumn = 2;
const messageIdColumn = 6;
const gap = 2;

/** An id below this length cannot be told from its neighbours. */
const shortestId = 9;

/** The table of `relay dlq list`. On a terminal the two ids are shortened until a row fits into one line. */
export function renderList(
  deadLetters: readonly DeadLetter[],
  nowMs: number,
  { columns, paint }: Pick<Terminal, 'columns' | 'paint'>,
): string {
  const rows = deadLetters.map((deadLetter) => [
    age(deadLetter.receivedAtMs, nowMs),
    deadLetter.route,
    printable(deadLetter.eventId ?? '-'),
    printable(deadLetter.cause),
    String(deadLetter.lastStatus ?? '-'),
    String(deadLetter.attempts ?? '-'),
    deadLetter.messageId,
  ]);
  const fitted = columns === undefined ? rows : fitIds(rows, columns);
  const table = borderlessTable([headings.map((heading) => paint('bold', heading)), ...fitted]);
  const isShortened = fitted.some((row, index) => row.some((cell, column) => cell !== rows[index]?.[column]));
  return isShortened ? `${table}\n${paint('dim', 'ids are shortened to fit: --json has them whole')}` : table;
}

/** The message id is the one to copy, so the event id gives way first. */
function fitIds(rows: readonly (readonly string[])[], columns: number): string[][] {
  const widths = headings.map((heading, column) => widest([heading, ...rows.map((row) => row[column] ?? '')]));
  const messageIdWidth = widths[messageIdColumn] ?? 0;
  const others = widths.reduce((sum, width) => sum + width + gap, 0) - (widths[eventIdColumn] ?? 0) - messageIdWidth;
  const room = columns - others;
  const forEventId = Math.max(shortestId, room - messageIdWidth);
  const forMessageId = Math.max(shortestId, room - Math.min(forEventId, widths[eventIdColumn] ?? 0));
  return rows.map((row) =>
    row.map((cell, column) => {
      if (column === eventIdColumn) return shortenMiddle(cell, forEventId);
      return column === messageIdColumn ? shortenMiddle(cell, forMessageId) : cell;
    }),
  );
}

function widest(cells: readonly string[]): number {
  return Math.max(...cells.map((cell) => cell.length));
}
