import { RelayError } from '../../lambdas/contract/errors.ts';

/** The relay's configuration cannot be used. The message is one line that names the key, the value and what is allowed. */
export class ConfigError extends RelayError {
  override readonly name = 'ConfigError';
  readonly code = 'BAD_CONFIG';
  readonly retryable = false;
}
