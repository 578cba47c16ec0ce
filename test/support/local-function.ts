import { fileURLToPath } from 'node:url';
import type { FunctionSpec } from '../../lib/local/function-process.ts';

const echoPath = fileURLToPath(new URL('../local/fixtures/echo.mjs', import.meta.url));

/** The function of test/local/fixtures/echo.mjs, which does what its event says. */
export function echoFunction(changes: Partial<FunctionSpec> = {}): FunctionSpec {
  return {
    name: 'echo',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:echo',
    modulePath: echoPath,
    exportName: 'handler',
    memoryMegabytes: 128,
    environment: { COLOUR: 'blue' },
    timeoutSeconds: 20,
    ...changes,
  };
}
