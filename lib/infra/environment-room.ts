import { Token } from 'aws-cdk-lib';
import { ConfigError } from './config-error.ts';

/** Lambda takes 4 KB of environment in all. What comes out of a config gets this much; the rest is for other variables. */
const roomBytes = 3_600;

/** A queue URL or secret ARN is a token at synth: they come out about this long. */
const typicalNameBytes = 140;

/**
 * Refuses what Lambda would refuse in the middle of a deployment.
 *
 * @param what whose variables these are, for the message
 * @param variables what the config brings into the environment
 * @throws ConfigError naming the way out
 */
export function demandEnvironmentRoom(what: string, variables: object, wayOut: string): void {
  const json = JSON.stringify(variables, (_key, value: unknown) =>
    typeof value === 'string' && Token.isUnresolved(value) ? 'x'.repeat(typicalNameBytes) : value,
  );
  const bytes = Buffer.byteLength(json);
  if (bytes <= roomBytes) return;
  throw new ConfigError(
    `${what}: about ${bytes} bytes for a function's environment, and Lambda leaves room for ${roomBytes}: ${wayOut}`,
  );
}
