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
 * @param variables what the config brings into the environment; what is neither text nor a token will be JSON
 * @throws ConfigError naming the way out
 */
export function demandEnvironmentRoom(
  what: string,
  variables: Readonly<Record<string, unknown>>,
  wayOut: string,
): void {
  // Lambda counts the variables as JSON, in which a variable that is JSON itself has its quotes escaped.
  const texts = Object.entries(variables).map(([name, value]) => [
    name,
    typeof value === 'string' && !Token.isUnresolved(value) ? value : json(value),
  ]);
  const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(texts)));
  if (bytes <= roomBytes) return;
  throw new ConfigError(
    `${what}: about ${bytes} bytes for a function's environment, and Lambda leaves room for ${roomBytes}: ${wayOut}`,
  );
}

function json(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' && Token.isUnresolved(part) ? 'x'.repeat(typicalNameBytes) : part,
  );
}
