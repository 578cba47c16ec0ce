import { borderlessTable } from '../terminal/borderless-table.ts';
import { fitColumns } from '../terminal/fit-columns.ts';
import { age, printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DeadLetter } from './dead-letter.ts';

const headings = ['AGE', 'ROUTE', 'EVENT ID', 'CAUSE', 'LAST STATUS', 'ATTEMPTS', 'MESSAGE ID'];

/** The message id is the one to copy, so the event id gives way first. */
const givingWay = [2, 6, 1];

/** The table of `relay dlq list`. On a terminal the ids are shortened until a row fits into one line. */
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
  const fitted = columns === undefined ? rows : fitColumns(headings, rows, columns, givingWay);
  const table = borderlessTable([headings.map((heading) => paint('bold', heading)), ...fitted]);
  const isShortened = fitted.some((row, index) => row.some((cell, column) => cell !== rows[index]?.[column]));
  return isShortened ? `${table}\n${paint('dim', 'ids are shortened to fit: --json has them whole')}` : table;
}
