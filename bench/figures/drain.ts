import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { build } from 'esbuild';
import { projectRoot } from '../../lib/bundle/bundle-options.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import type { Figure, Progress } from '../figure.ts';
import { runNaiveWorker } from '../peers/naive-worker.ts';
import { type BenchRelay, type BenchRoute, startBenchRelay } from '../support/bench-relay.ts';
import { inTurns, median, medianRatio } from '../support/in-turns.ts';
import { type SlowDestination, startSlowDestination } from '../support/slow-destination.ts';
import { fillQueue, type QueueAtWork, workOffQueue } from '../support/work-off-queue.ts';

const destinationMs = 100;
const events = 1_000;
/** The naive worker's time per event does not depend on their number, and 1,000 would take it two minutes a turn. */
const naiveEvents = 100;
const rounds = 3;
/** `deliverTo.maxConcurrency` of a route, by default. */
const concurrency = 10;

/** Events per second out of a full queue: the relay, the naive worker, and Powertools' batch and idempotency. */
export async function measureDrain(progress: Progress): Promise<readonly Figure[]> {
  const destination = await startSlowDestination(destinationMs);
  const relay = await startBenchRelay(2, destination.url);
  const folder = await mkdtemp(join(tmpdir(), 'relay-bench-powertools-'));
  const [ours, theirs] = relay.routes;
  if (ours === undefined || theirs === undefined) throw new Error('the bench has no two routes');
  const atWork = await workOffQueue(relay, ours, ours.processor, concurrency);
  const powertools = await startPowertools(relay, theirs, destination.url, folder);
  try {
    progress(`drain ${events} events with each of three workers, ${rounds} times`);
    const turns = await inTurns(
      {
        relay: () => drain(relay, ours, atWork, destination),
        powertools: () => drain(relay, theirs, powertools, destination),
        naive: () => drainNaively(relay, ours, destination),
      },
      { rounds },
    );
    const rate = (values: readonly number[]) => `${median(values).toFixed(0)} events/s`;
    return [
      {
        id: 'drain-over-naive',
        title: `drain ${events} queued events, ${destinationMs} ms destination`,
        ratio: medianRatio(turns.relay, turns.naive),
        relay: rate(turns.relay),
        reference: `naive worker: ${median(turns.naive).toFixed(1)} events/s`,
      },
      {
        id: 'drain-over-powertools',
        title: 'the same over Powertools batch and idempotency',
        ratio: medianRatio(turns.relay, turns.powertools),
        relay: rate(turns.relay),
        reference: `Powertools: ${rate(turns.powertools)}`,
      },
    ];
  } finally {
    await atWork.stop();
    await powertools.stop();
    await relay.stop();
    await destination.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function drain(
  relay: BenchRelay,
  route: BenchRoute,
  worker: QueueAtWork,
  destination: SlowDestination,
): Promise<number> {
  await fillQueue(relay, route, events);
  const done = destination.answered(events);
  const startedAtMs = performance.now();
  worker.switchTo(concurrency);
  await done;
  const rate = (1_000 * events) / (performance.now() - startedAtMs);
  worker.switchTo(0);
  await worker.idle();
  return rate;
}

async function drainNaively(relay: BenchRelay, route: BenchRoute, destination: SlowDestination): Promise<number> {
  await fillQueue(relay, route, naiveEvents);
  const sqs = new SQSClient(localClientSettings(relay.urls.sqs));
  const ending = new AbortController();
  const done = destination.answered(naiveEvents);
  const startedAtMs = performance.now();
  const working = runNaiveWorker(sqs, route.queue.url, destination.url, ending.signal);
  working.catch(() => {});
  await done;
  const rate = (1_000 * naiveEvents) / (performance.now() - startedAtMs);
  relay.answerLongPolls(route.queue.url);
  ending.abort();
  await working.catch(() => {});
  sqs.destroy();
  return rate;
}

async function startPowertools(
  relay: BenchRelay,
  route: BenchRoute,
  destinationUrl: string,
  folder: string,
): Promise<QueueAtWork> {
  const table = 'powertools-idempotency';
  await relay.createTable(table, 'id');
  const modulePath = join(folder, 'index.mjs');
  await build({
    absWorkingDir: projectRoot,
    entryPoints: ['bench/peers/powertools-processor.ts'],
    outfile: modulePath,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    logLevel: 'error',
    // Some of what Powertools is made of is CommonJS.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const environment = { ...route.processor.environment, IDEMPOTENCY_TABLE: table, DESTINATION_URL: destinationUrl };
  return workOffQueue(relay, route, { ...route.processor, modulePath, environment }, concurrency);
}
