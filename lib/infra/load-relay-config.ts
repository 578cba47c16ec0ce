import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeError } from '../../lambdas/contract/errors.ts';
import { ConfigError } from './config-error.ts';
import { parseRelayConfig, type RelayConfig } from './relay-config.ts';

/** Read when no `-c config=PATH` is given. */
export const defaultConfigPath = 'relay.config.ts';

/**
 * Reads a configuration: the default export of a `.ts` file, or a `.json` file.
 *
 * @param path relative to the working directory
 * @throws ConfigError with one line when the file cannot be read, and one for each of its mistakes
 */
export async function loadRelayConfig(path: string): Promise<RelayConfig> {
  return parseRelayConfig(path.endsWith('.json') ? await readJson(path) : await importDefault(path), path);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(resolve(path), 'utf8'));
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function importDefault(path: string): Promise<unknown> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (typeof module === 'object' && module !== null && 'default' in module) return module.default;
  throw new ConfigError(`${path}: has no default export; write export default defineRelay({ … })`);
}

function unreadable(path: string, error: unknown): ConfigError {
  // A parser quotes the file with its line breaks: the message stays one line.
  const reason = existsSync(path) ? describeError(error).replace(/\s+/g, ' ') : 'there is no such file';
  return new ConfigError(
    `${path}: cannot be read: ${reason}; name another file: cdk -c config=PATH, npm start -- --config PATH`,
    error,
  );
}
