import { RelayError } from '../../lambdas/contract/errors.ts';

/**
 * The relay's configuration cannot be used. The message names each key, its value and what is allowed: one line, or a
 * heading and a line for each.
 */
export class ConfigError extends RelayError {
  override readonly name = 'ConfigError';
  readonly code = 'BAD_CONFIG';
  readonly retryable = false;
}
