import type { Confirm } from './confirm.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

/** Wraps text in colours, or not. */
export type Paint = (style: Style, text: string) => string;

/** Where a command writes its lines. */
export interface Terminal {
  /** The result: standard output. */
  readonly print: (line: string) => void;
  /** What else the operator should not miss, kept out of the result so that `--json` stays one document: standard error. */
  readonly note: (line: string) => void;
  /** Shows how far a command is, in place of what it showed before; '' takes it away. */
  readonly progress: (text: string) => void;
  /** For what is printed. */
  readonly paint: Paint;
  /** Width of standard output in characters; undefined when it is no terminal, and nothing is to be shortened. */
  readonly columns: number | undefined;
  /** Undefined when there is nobody to ask. */
  readonly confirm: Confirm | undefined;
}

/** 0: done. 1: not done, or not all of it. 2: wrong usage, or the relay could not be reached. */
export type ExitCode = 0 | 1 | 2;
