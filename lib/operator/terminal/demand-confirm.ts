import { OperatorError } from '../operator-error.ts';
import type { Confirm } from './confirm.ts';
import type { Terminal } from './terminal.ts';

/** What the options of a command leave to ask. */
export interface Confirmation {
  /** Whether nobody needs to be asked: `--yes` was given, or nothing will be changed. */
  readonly isSettled: boolean;
  /** Standard output is to be one JSON document, for a program that cannot be asked. */
  readonly json: boolean;
  /** As in "add --yes to rotate". */
  readonly wayOut: string;
}

/**
 * How a command asks for its yes. Settled before anything is read: a script that cannot be asked should hear so whatever
 * is there.
 *
 * @throws OperatorError `USAGE` when a yes is needed and cannot be asked for
 */
export function demandConfirm(
  { isSettled, json, wayOut }: Confirmation,
  { confirm }: Pick<Terminal, 'confirm'>,
): Confirm {
  if (isSettled) return async () => true;
  if (json) throw new OperatorError('USAGE', `--json cannot ask: ${wayOut}`);
  if (confirm === undefined) throw new OperatorError('USAGE', `there is no terminal to confirm on: ${wayOut}`);
  return confirm;
}
