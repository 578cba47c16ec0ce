import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { bundleOptions } from '../../lib/bundle/bundle-options.ts';
import { functionSteps } from '../../lib/bundle/function-steps.ts';
import { sizeBundle } from '../../lib/bundle/size-bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'relay-budgets-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Bytes that a cold start reads, and all there are; how many of Node's own modules it loads. */
const budgets = {
  ingest: { coldBytes: 250_000, allBytes: 365_000, nodeModules: 105 },
  processor: { coldBytes: 330_000, allBytes: 450_000, nodeModules: 105 },
  breaker: { coldBytes: 335_000, allBytes: 430_000, nodeModules: 105 },
  sweeper: { coldBytes: 335_000, allBytes: 335_000, nodeModules: 105 },
  peeker: { coldBytes: 215_000, allBytes: 215_000, nodeModules: 105 },
} as const satisfies Record<(typeof functionSteps)[number], object>;

describe.each(functionSteps)('%s', (step) => {
  const built = build(bundleOptions(step, join(folder, step)));
  const bundle = built.then(({ metafile }) => sizeBundle(metafile));

  test('keeps its budget of bytes', async () => {
    const { coldBytes, allBytes } = await bundle;
    expect(coldBytes).toBeLessThanOrEqual(budgets[step].coldBytes);
    expect(allBytes).toBeLessThanOrEqual(budgets[step].allBytes);
  });

  test('has no way to credentials but the one that Lambda has', async () => {
    const { coldInputs } = await bundle;
    const chains = /credential-provider-(?!env)|nested-clients|token-providers/;
    expect(coldInputs.filter((path) => chains.test(path))).toEqual([]);
  });

  test('holds of the SDK neither an empty file nor more of a manifest than its version', async () => {
    const outputs = Object.entries((await built).metafile.outputs);
    expect(outputs.filter(([, { bytes }]) => bytes === 0)).toEqual([]);
    const manifests = outputs
      .flatMap(([, { inputs }]) => Object.entries(inputs))
      .filter(([path]) => path.endsWith('package.json'));
    expect(manifests.length).toBeGreaterThan(0);
    expect(manifests.filter(([, { bytesInOutput }]) => bytesInOutput > 50)).toEqual([]);
  });

  test('loads few modules when it is imported', async () => {
    const { coldFiles } = await bundle;
    expect(coldFiles).toBeLessThanOrEqual(2);
    expect(nodeModulesLoadedBy(join(folder, step, 'index.mjs'))).toBeLessThanOrEqual(budgets[step].nodeModules);
  });
});

test.each(['ingest', 'processor', 'breaker'] as const)(
  '%s reads nothing of S3 before an event needs it',
  async (step) => {
    const { metafile } = await build({ ...bundleOptions(step, join(folder, step)), write: false });
    expect(sizeBundle(metafile).coldInputs.filter((path) => path.includes('client-s3'))).toEqual([]);
  },
);

/** In a process of its own: what a test runner has loaded already would not be loaded again. Its variables are missing. */
function nodeModulesLoadedBy(path: string): number {
  const script = `
    const before = process.moduleLoadList.length;
    await import(${JSON.stringify(path)}).catch((error) => { if (error.code !== 'BAD_ENVIRONMENT') throw error; });
    console.log(process.moduleLoadList.length - before);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }));
}
