import { borderlessTable } from '../terminal/borderless-table.ts';
import { fitColumns } from '../terminal/fit-columns.ts';
import { age, printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DeadLetterGroup, Grouping } from './group-dead-letters.ts';

/** The table of `relay dlq list --group-by`. */
export function renderGroups(
  groups: readonly DeadLetterGroup[],
  by: readonly Grouping[],
  nowMs: number,
  { columns, paint }: Pick<Terminal, 'columns' | 'paint'>,
): string {
  const headings = [
    'COUNT',
    ...by.map((grouping) => (grouping === 'status' ? 'LAST STATUS' : grouping.toUpperCase())),
    'OLDEST',
    'NEWEST',
    'LEFT',
    'DELIVERED',
    'EXAMPLE',
  ];
  const rows = groups.map((group) => [
    String(group.count),
    ...by.map((grouping) => printable(group.alike[grouping] ?? '-')),
    age(group.oldestReceivedAtMs, nowMs),
    age(group.newestReceivedAtMs, nowMs),
    age(nowMs, group.firstExpiresAtMs),
    String(group.delivered),
    printable(group.example.eventId ?? group.example.messageId),
  ]);
  const example = headings.length - 1;
  const route = headings.indexOf('ROUTE');
  const { fitted, isShortened } = fitColumns(headings, rows, columns, [example, route]);
  const table = borderlessTable([headings.map((heading) => paint('bold', heading)), ...fitted]);
  return [
    table,
    paint('dim', 'LEFT: until SQS deletes the first of them. DELIVERED: accepted since, from another copy.'),
    ...(isShortened ? [paint('dim', 'ids are shortened to fit: --json has them whole')] : []),
  ].join('\n');
}
