import { shortenMiddle } from './printable.ts';

/** Between two columns of a table. */
const gap = 2;

/** An id below this length cannot be told from its neighbours. */
const shortest = 9;

/** Rows that fit, and whether anything of them was lost: what is shortened must not pass for the whole. */
export interface FittedRows {
  readonly fitted: readonly (readonly string[])[];
  readonly isShortened: boolean;
}

/**
 * Shortens cells in the middle until a row fits into one line: those of the first column of `givingWay` as far as they
 * can, then those of the next. Headings are rows, too, and stay whole.
 *
 * @param columns width of the terminal; undefined when nothing is to be shortened
 */
export function fitColumns(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
  givingWay: readonly number[],
): FittedRows {
  if (columns === undefined) return { fitted: rows, isShortened: false };
  const widths = widthsOf(headings, rows);
  let excess = total(widths) - columns;
  for (const column of givingWay) {
    const width = widths[column] ?? 0;
    const narrowed = Math.max(least(width, headings[column]), width - Math.max(0, excess));
    widths[column] = narrowed;
    excess -= width - narrowed;
  }
  const fitted = rows.map((row) =>
    row.map((cell, column) => (givingWay.includes(column) ? shortenMiddle(cell, widths[column] ?? 0) : cell)),
  );
  const isShortened = fitted.some((row, index) => row.some((cell, column) => cell !== rows[index]?.[column]));
  return { fitted, isShortened };
}

/** How many characters a row takes when the columns of `givingWay` have given all they can. */
export function narrowest(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  givingWay: readonly number[],
): number {
  return total(
    widthsOf(headings, rows).map((width, column) =>
      givingWay.includes(column) ? least(width, headings[column]) : width,
    ),
  );
}

function widthsOf(headings: readonly string[], rows: readonly (readonly string[])[]): number[] {
  return headings.map((heading, column) => widest([heading, ...rows.map((row) => row[column] ?? '')]));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + gap, -gap);
}

function least(width: number, heading = ''): number {
  return Math.max(Math.min(width, shortest), heading.length);
}

function widest(cells: readonly string[]): number {
  return cells.reduce((width, { length }) => Math.max(width, length), 0);
}
