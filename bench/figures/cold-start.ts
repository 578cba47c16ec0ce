import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleOptions } from '../../lib/bundle/bundle-options.ts';
import { sizeBundle } from '../../lib/bundle/size-bundle.ts';
import type { FunctionSpec } from '../../lib/local/function-process.ts';
import { type Figure, milliseconds, type Progress } from '../figure.ts';
import { buildSdkOnly, type MeasuredStep, measuredSteps } from '../peers/sdk-only.ts';
import { startBenchRelay } from '../support/bench-relay.ts';
import { inTurns, median, medianRatio } from '../support/in-turns.ts';

const rounds = 11;

/** Imports of each bundle in fresh processes, over a bundle of its SDK clients and an empty one. */
export async function measureColdStart(progress: Progress): Promise<readonly Figure[]> {
  const relay = await startBenchRelay(1, 'http://127.0.0.1:9/');
  const folder = await mkdtemp(join(tmpdir(), 'relay-bench-bundles-'));
  try {
    const scheduledWith = (variable: string) => relay.scheduled.find(({ environment }) => variable in environment);
    const functions: Readonly<Record<MeasuredStep, FunctionSpec | undefined>> = {
      ingest: relay.ingest,
      processor: relay.routes[0]?.processor,
      breaker: scheduledWith('BREAKER'),
      sweeper: scheduledWith('QUEUES'),
    };
    const empty = join(folder, 'empty.mjs');
    await writeFile(empty, 'export const handler = async () => {};\n');
    const figures: Figure[] = [];
    for (const step of measuredSteps) {
      progress(`cold start of ${step}`);
      figures.push(...(await measureStep(step, folder, empty, functions[step]?.environment ?? {})));
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await relay.stop();
  }
}

async function measureStep(
  step: MeasuredStep,
  folder: string,
  empty: string,
  environment: Readonly<Record<string, string>>,
): Promise<readonly Figure[]> {
  const own = join(folder, step);
  const sdkOnly = join(folder, `${step}-sdk-only.mjs`);
  const compileCache = join(folder, `${step}-compile-cache`);
  await mkdir(compileCache);
  const { metafile } = await build(bundleOptions(step, own));
  const { coldBytes, allBytes } = sizeBundle(metafile);
  await buildSdkOnly(step, sdkOnly);

  const cached = { ...environment, NODE_COMPILE_CACHE: compileCache };
  const turns = await inTurns(
    {
      relay: () => importMs(join(own, 'index.mjs'), environment),
      sdkOnly: () => importMs(sdkOnly, environment),
      empty: () => importMs(empty, environment),
      relayCached: () => importMs(join(own, 'index.mjs'), cached),
    },
    { rounds },
  );
  const relay = milliseconds(median(turns.relay));
  const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(0)} KB`;
  const sdkOnlyBytes = (await stat(sdkOnly)).size;
  return [
    {
      id: `cold-${step}`,
      title: `cold import of ${step}`,
      ratio: medianRatio(turns.relay, turns.sdkOnly),
      relay,
      reference: `its SDK clients alone: ${milliseconds(median(turns.sdkOnly))}; an empty handler: ${milliseconds(median(turns.empty))}`,
    },
    {
      id: `cold-${step}-with-compile-cache`,
      title: `the same with a V8 compile cache, which is not shipped`,
      ratio: medianRatio(turns.relayCached, turns.relay),
      relay: milliseconds(median(turns.relayCached)),
      reference: `without: ${relay}`,
    },
    {
      id: `bundle-${step}`,
      title: `bundle of ${step}, as a cold start reads it`,
      ratio: coldBytes / sdkOnlyBytes,
      relay: `${kilobytes(coldBytes)} (with what is read on demand: ${kilobytes(allBytes)})`,
      reference: `its SDK clients alone: ${kilobytes(sdkOnlyBytes)}`,
    },
  ];
}

const run = promisify(execFile);

/** How long a fresh process takes to import a module, its own start left out. */
async function importMs(path: string, environment: Readonly<Record<string, string>>): Promise<number> {
  const script = `const at = performance.now(); await import(${JSON.stringify(path)}); console.log(performance.now() - at);`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { env: environment });
  return Number(stdout.trim().split('\n').at(-1));
}
