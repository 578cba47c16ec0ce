import { type Figure, milliseconds, type Progress } from '../figure.ts';
import { type BenchRelay, type BenchRoute, startBenchRelay } from '../support/bench-relay.ts';
import { lookAtFunctionProcesses } from '../support/function-processes.ts';
import { inTurns, median, medianRatio } from '../support/in-turns.ts';
import { type SlowDestination, startSlowDestination } from '../support/slow-destination.ts';
import { takeFromQueue } from '../support/take-from-queue.ts';
import { fillQueue, type QueueAtWork, workOffQueue } from '../support/work-off-queue.ts';

/** How many events wait while some of them are delivered. */
const depths = [100, 1_000, 10_000, 50_000] as const;
const eventsPerTurn = 800;
const rounds = 9;
/** One for each core of a small machine: what is measured is what an event takes, and not who waits for a core. */
const concurrency = 2;
const manyRoutes = 8;

interface Filled {
  readonly route: BenchRoute;
  readonly atWork: QueueAtWork;
  readonly depth: number;
}

/** What an event takes while few or many wait, and while one or many routes are busy: time, calls to AWS and memory. */
export async function measureGrowth(progress: Progress): Promise<readonly Figure[]> {
  const destination = await startSlowDestination(0);
  try {
    return [...(await overDepth(progress, destination)), ...(await overRoutes(progress, destination))];
  } finally {
    await destination.close();
  }
}

async function overDepth(progress: Progress, destination: SlowDestination): Promise<readonly Figure[]> {
  const relay = await startBenchRelay(depths.length, destination.url);
  const filled: Filled[] = [];
  try {
    for (const [index, depth] of depths.entries()) {
      const route = relay.routes[index];
      if (route === undefined) throw new Error(`the bench has no route ${index}`);
      progress(`growth: ${depth} events on ${route.name}`);
      await fillQueue(relay, route, depth);
      filled.push({ route, atWork: await workOffQueue(relay, route, route.processor, concurrency), depth });
    }
    const [few, , , most] = filled;
    if (few === undefined || most === undefined) throw new Error('the bench has too few routes');
    progress(`growth: ${eventsPerTurn} events of each, ${rounds} times`);
    const calls = new Map<number, number[]>();
    const cpu = new Map<number, number[]>();
    const memory: number[] = [];
    const turn = (queue: Filled) => async () => {
      relay.calls.take();
      const before = await lookAtFunctionProcesses();
      const tookMs = await deliverSome(relay, queue, destination);
      const { cpuMs, largestBytes } = await lookAtFunctionProcesses();
      cpu.set(queue.depth, [...(cpu.get(queue.depth) ?? []), (cpuMs - before.cpuMs) / eventsPerTurn]);
      calls.set(queue.depth, [...(calls.get(queue.depth) ?? []), functionCallsPerEvent(relay)]);
      if (queue === most) memory.push(largestBytes);
      return tookMs;
    };
    const turns = await inTurns(Object.fromEntries(filled.map((queue) => [String(queue.depth), turn(queue)])), {
      rounds,
    });
    progress('growth: the emulators without the relay');
    const bare = await inTurns(
      {
        few: () => takeBare(relay, few.route, Math.min(few.depth, eventsPerTurn)),
        most: () => takeBare(relay, most.route, eventsPerTurn),
      },
      { rounds },
    );
    const emulatorsShareMs = median(bare.most) - median(bare.few);
    const tookMs = (depth: number) => turns[String(depth)] ?? [];
    const shown = (depth: number) => `${median(tookMs(depth)).toFixed(2)} ms per event`;
    const callsOf = (depth: number) => median(calls.get(depth) ?? []);
    const cpuOf = (depth: number) => median((cpu.get(depth) ?? []).slice(1));
    const [firstMemory = Number.NaN] = memory;
    const lastMemory = memory.at(-1) ?? Number.NaN;
    return [
      ...filled.slice(1).map(({ depth }) => ({
        id: `growth-${depth}`,
        title: `an event while ${depth.toLocaleString('en-US')} wait`,
        ratio: medianRatio(tookMs(depth), tookMs(few.depth)),
        relay: shown(depth),
        reference: `while ${few.depth} wait: ${shown(few.depth)}`,
      })),
      {
        id: `growth-${most.depth}-net`,
        title: `the same while ${most.depth.toLocaleString('en-US')} wait, less what the emulators' own growth is`,
        ratio: (median(tookMs(most.depth)) - emulatorsShareMs) / median(tookMs(few.depth)),
        relay: `${emulatorsShareMs.toFixed(2)} ms per event are the emulators'`,
        reference: `received and deleted without the relay: ${median(bare.most).toFixed(2)} ms, while ${few.depth} wait ${median(bare.few).toFixed(2)} ms`,
      },
      {
        id: 'growth-cpu',
        title: `processor time of the functions for an event while ${most.depth.toLocaleString('en-US')} wait`,
        ...cpuFigure(cpuOf(most.depth), cpuOf(few.depth), few.depth),
      },
      {
        id: 'growth-calls',
        title: `calls to AWS for an event while ${most.depth.toLocaleString('en-US')} wait`,
        ratio: callsOf(most.depth) / callsOf(few.depth),
        relay: callsOf(most.depth).toFixed(2),
        reference: `while ${few.depth} wait: ${callsOf(few.depth).toFixed(2)}`,
      },
      {
        id: 'growth-memory',
        title: `memory of a processor after ${((rounds + 1) * eventsPerTurn).toLocaleString('en-US')} events`,
        ratio: lastMemory / firstMemory,
        relay: megabytes(lastMemory),
        reference: `after ${eventsPerTurn.toLocaleString('en-US')}: ${megabytes(firstMemory)}`,
      },
    ];
  } finally {
    for (const { atWork } of filled) await atWork.stop();
    await relay.stop();
  }
}

async function overRoutes(progress: Progress, destination: SlowDestination): Promise<readonly Figure[]> {
  progress(`growth: one route and ${manyRoutes}, with as many processors in all`);
  const relay = await startBenchRelay(manyRoutes, destination.url);
  const atWork: QueueAtWork[] = [];
  try {
    for (const route of relay.routes) {
      atWork.push(await workOffQueue(relay, route, route.processor, route === relay.routes[0] ? manyRoutes : 1));
    }
    const [first] = relay.routes;
    if (first === undefined) throw new Error('the bench has no route');
    const turns = await inTurns(
      {
        one: () => deliverFrom(relay, [first], [atWork[0]], manyRoutes, destination),
        many: () => deliverFrom(relay, relay.routes, atWork, 1, destination),
      },
      { rounds },
    );
    return [
      {
        id: 'growth-routes',
        title: `an event on one of ${manyRoutes} busy routes`,
        ratio: medianRatio(turns.many, turns.one),
        relay: `${median(turns.many).toFixed(2)} ms per event`,
        reference: `on the only one: ${median(turns.one).toFixed(2)} ms per event`,
      },
    ];
  } finally {
    for (const one of atWork) await one.stop();
    await relay.stop();
  }
}

/** Milliseconds per event. The queue is as deep again afterwards. */
async function deliverSome(relay: BenchRelay, { route, atWork, depth }: Filled, destination: SlowDestination) {
  const chunk = Math.min(depth, eventsPerTurn);
  let tookMs = 0;
  for (let delivered = 0; delivered < eventsPerTurn; delivered += chunk) {
    const startedAtMs = performance.now();
    const done = destination.answered(chunk);
    atWork.switchTo(concurrency);
    await done;
    tookMs += performance.now() - startedAtMs;
    atWork.switchTo(0);
    await atWork.idle();
    await fillQueue(relay, route, chunk);
  }
  return tookMs / eventsPerTurn;
}

/** Milliseconds per event that is received and deleted, and nothing else. The queue is as deep again afterwards. */
async function takeBare(relay: BenchRelay, route: BenchRoute, chunk: number): Promise<number> {
  let tookMs = 0;
  for (let taken = 0; taken < eventsPerTurn; taken += chunk) {
    const startedAtMs = performance.now();
    await takeFromQueue(relay, route, chunk, concurrency);
    tookMs += performance.now() - startedAtMs;
    await fillQueue(relay, route, chunk);
  }
  return tookMs / eventsPerTurn;
}

async function deliverFrom(
  relay: BenchRelay,
  routes: readonly BenchRoute[],
  atWork: readonly (QueueAtWork | undefined)[],
  batchesAtOnce: number,
  destination: SlowDestination,
): Promise<number> {
  for (const route of routes) await fillQueue(relay, route, eventsPerTurn / routes.length);
  const done = destination.answered(eventsPerTurn);
  const startedAtMs = performance.now();
  for (const one of atWork) one?.switchTo(batchesAtOnce);
  await done;
  const tookMs = performance.now() - startedAtMs;
  for (const one of atWork) {
    one?.switchTo(0);
    await one?.idle();
  }
  return tookMs / eventsPerTurn;
}

/** But for the filling of the queue, which is the bench's own. */
function functionCallsPerEvent(relay: BenchRelay): number {
  const { 'sqs:SendMessageBatch': _filling, ...calls } = relay.calls.take();
  return Object.values(calls).reduce((sum, count) => sum + count, 0) / eventsPerTurn;
}

/** Only told where the system does not say it: a bar cannot be missed by what was not measured. */
function cpuFigure(most: number, few: number, depth: number): Pick<Figure, 'ratio' | 'relay' | 'reference'> {
  if (Number.isNaN(most / few)) return { relay: 'not known here: it is read from /proc' };
  return { ratio: most / few, relay: milliseconds(most), reference: `while ${depth} wait: ${milliseconds(few)}` };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(0)} MB`;
}
