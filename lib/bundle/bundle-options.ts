import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import type { FunctionStep } from './function-steps.ts';
import { keepVersionsOnly } from './keep-versions-only.ts';
import { leaveOutNeverLoaded } from './leave-out-never-loaded.ts';
import { trimSdk } from './trim-sdk.ts';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/**
 * How a function is bundled: minified ES modules for Node 24 with the AWS SDK inside, so that the SDK that was tested is
 * the one that runs. `index.mjs` and what it imports is all that a cold start reads; what the code imports with
 * `import()` is a file of its own, read by the first request that needs it.
 */
export function bundleOptions(step: FunctionStep, outputFolder: string) {
  return {
    absWorkingDir: projectRoot,
    entryPoints: { index: `lambdas/${step}/handler.ts` },
    outdir: outputFolder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    alias: {
      // A fifth of the SDK is ways to credentials that no Lambda function has: profiles, SSO, instance metadata.
      '@aws-sdk/credential-provider-node': `${projectRoot}lambdas/adapters/environment-credentials.ts`,
    },
    plugins: [trimSdk, leaveOutNeverLoaded, keepVersionsOnly],
    metafile: true,
    logLevel: 'error',
    // In a package these would not even be warnings, and in the function an `undefined`.
    logOverride: { 'import-is-undefined': 'error', 'call-import-namespace': 'error' },
  } as const satisfies BuildOptions;
}
