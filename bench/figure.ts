/** One line of the results: a ratio, and what it is made of. */
export interface Figure {
  /** Unique, and what `bars.ts` goes by. */
  readonly id: string;
  readonly title: string;
  /** Of the relay to its floor or peer; undefined for a figure that is only told. */
  readonly ratio?: number;
  /** `2.31 ms`, `245 events/s`, on this machine. */
  readonly relay: string;
  /** What it is compared with, and its absolute figure. */
  readonly reference?: string;
}

/** Tells what is being measured: it takes minutes. */
export type Progress = (line: string) => void;

export function milliseconds(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
}
