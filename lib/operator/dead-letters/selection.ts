import type { DeadLetter } from './dead-letter.ts';

/** Which dead letters are meant. What is not given does not narrow the choice. */
export interface Selection {
  /** All routes when undefined. */
  readonly route?: string | undefined;
  /** Message ids or event ids, exact. All dead letters when empty. */
  readonly ids: readonly string[];
  /** As `relay dlq list` shows them. */
  readonly causes?: readonly string[];
  readonly statuses?: readonly StatusRange[];
  /** The first and the last moment of receipt, epoch ms. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/** The last answer of the destination: a status or a class of them, or that there was none. */
export type StatusRange = { readonly from: number; readonly to: number } | 'none';

/** Whether a dead letter with a wanted id, on a wanted route, is meant. */
export function isSelected(deadLetter: DeadLetter, selection: Selection): boolean {
  const { causes = [], statuses = [], sinceMs = -Infinity, untilMs = Infinity } = selection;
  return (
    (causes.length === 0 || causes.includes(deadLetter.cause)) &&
    (statuses.length === 0 || statuses.some((range) => isInRange(deadLetter.lastStatus, range))) &&
    deadLetter.receivedAtMs >= sinceMs &&
    deadLetter.receivedAtMs <= untilMs
  );
}

/** Whether everything is meant: no route, no ids, no filter. */
export function isEverything({ route, ids, causes = [], statuses = [], sinceMs, untilMs }: Selection): boolean {
  const narrowing = [...ids, ...causes, ...statuses, route, sinceMs, untilMs];
  return narrowing.every((narrows) => narrows === undefined);
}

function isInRange(status: number | undefined, range: StatusRange): boolean {
  if (status === undefined || range === 'none') return status === undefined && range === 'none';
  return status >= range.from && status <= range.to;
}
