import { RelayError } from '../../lambdas/contract/errors.ts';

/** Why the operator's command was not carried out. Stable: scripts match on it. */
export type OperatorErrorCode =
  /** The command line or the relay's own data does not make sense together, such as a route that is not there. */
  | 'USAGE'
  /** No relay was found where the operator said it is. */
  | 'RELAY_UNREACHABLE'
  /** A queue, the delivery table or the payload bucket could not be used. */
  | 'SERVICE_FAILED'
  /** Genesys Cloud refused the client, a request, or could not be reached. */
  | 'GENESYS_FAILED'
  /** An id that belongs to no dead letter. */
  | 'DEAD_LETTER_NOT_FOUND'
  /** Others wrote what the command wanted to write, each time that it tried. */
  | 'CHANGED_MEANWHILE'
  /** The operator pressed Ctrl-C before anything was done. */
  | 'INTERRUPTED';

/** A failure that the operator can act on: the message is one line that names the value and the way out. */
export class OperatorError extends RelayError {
  override readonly name = 'OperatorError';
  readonly code: OperatorErrorCode;
  readonly retryable = false;

  constructor(code: OperatorErrorCode, message: string, cause?: unknown) {
    super(message, cause);
    this.code = code;
  }
}

/**
 * Runs one call to an AWS service, so that its failure says what was being done to what.
 *
 * @throws OperatorError `SERVICE_FAILED` whatever the call threw.
 */
export async function naming<Result>(action: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw new OperatorError('SERVICE_FAILED', `could not ${action}: ${reasonOf(error)}`, error);
  }
}

/** What went wrong, in the service's words. A refused connection has an empty message and says it in its `code`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}

/** Why a `fetch` failed. It says only "fetch failed"; its cause has the refused connection, or the name that is not found. */
export function reasonOfFetch(error: unknown): string {
  return reasonOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
