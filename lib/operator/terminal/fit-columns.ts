import { shortenMiddle } from './printable.ts';

/** Between two columns of a table. */
const gap = 2;

/** An id below this length cannot be told from its neighbours. */
const shortest = 9;

/**
 * Shortens cells in the middle until a row fits into one line: those of the first column of `givingWay` as far as they
 * can, then those of the next. Headings are rows, too, and stay whole.
 *
 * @param columns width of the terminal
 */
export function fitColumns(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number,
  givingWay: readonly number[],
): readonly (readonly string[])[] {
  const widths = headings.map((heading, column) => widest([heading, ...rows.map((row) => row[column] ?? '')]));
  let excess = widths.reduce((sum, width) => sum + width + gap, -gap) - columns;
  for (const column of givingWay) {
    const width = widths[column] ?? 0;
    const narrowed = Math.max(Math.min(width, shortest), headings[column]?.length ?? 0, width - Math.max(0, excess));
    widths[column] = narrowed;
    excess -= width - narrowed;
  }
  return rows.map((row) =>
    row.map((cell, column) => (givingWay.includes(column) ? shortenMiddle(cell, widths[column] ?? 0) : cell)),
  );
}

function widest(cells: readonly string[]): number {
  return cells.reduce((width, { length }) => Math.max(width, length), 0);
}
