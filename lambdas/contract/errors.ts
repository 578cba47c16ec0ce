/**
 * The relay's errors: a stable `code` to search for, and whether trying again can help as part of the type.
 * Messages never hold a body, a credential or a signature: they end up in logs.
 */
export abstract class RelayError extends Error {
  /** Written out in each class: the bundler shortens class names. */
  abstract override readonly name: string;
  abstract readonly code: string;
  abstract readonly retryable: boolean;

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** What a dead letter's `Cause` attribute can say. The runbook has a paragraph for each. */
export const deadLetterCauses = [
  /** The destination answered with a status that no retry can mend (a 4xx outside the retryable ones). */
  'rejected',
  /** `retry.maxAttempts` attempts were made and none was accepted. */
  'attempts-exhausted',
  /** The next attempt would fall after SQS deletes the message from the queue. */
  'retention-reached',
  /** The message points at a bucket or key that is not this route's: never fetched. */
  'foreign-pointer',
  /** The message's `Route` attribute names another route: it was moved to the wrong queue. */
  'wrong-route',
  /** The message is not one that the relay could have written: a broken pointer or encoding. */
  'malformed-message',
  /** The offloaded body is no longer in the payload bucket. */
  'payload-missing',
] as const;

export type DeadLetterCause = (typeof deadLetterCauses)[number];

/** A message that no retry can mend: it goes to the dead letter queue as it is, with this cause. */
export class PoisonMessageError extends RelayError {
  override readonly name = 'PoisonMessageError';
  readonly code = 'POISON_MESSAGE';
  readonly retryable = false;
  readonly deadLetterCause: DeadLetterCause;

  constructor(deadLetterCause: DeadLetterCause, message: string, cause?: unknown) {
    super(message, cause);
    this.deadLetterCause = deadLetterCause;
  }
}

/** The environment of a function does not have the shape its stack should have given it: a deployment fault. */
export class EnvironmentError extends RelayError {
  override readonly name = 'EnvironmentError';
  readonly code = 'BAD_ENVIRONMENT';
  readonly retryable = false;
}

/** An AWS service could not be used just now: nothing was decided, so the same step can be tried again. */
export class ServiceUnavailableError extends RelayError {
  override readonly name = 'ServiceUnavailableError';
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly retryable = true;
}

/** One line for a log: the error's name and message and those of what caused it, without a stack. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own} (${describeError(error.cause)})` : own;
}
