import type { Relay } from '../connection/connect-relay.ts';
import type { MoveProgress } from '../connection/message-moves.ts';
import type { RouteQueues } from '../connection/relay-location.ts';
import { selectRoutes } from '../connection/select-routes.ts';
import { count } from '../terminal/printable.ts';
import type { ExitCode } from '../terminal/terminal.ts';
import type { CarryOutTools, RedriveTerminal } from './carry-out-redrive.ts';
import { confirmRedrive, type RedriveOptions } from './confirm-and-carry-out.ts';
import { pollEveryMs } from './redrive-gate.ts';
import { measurePace } from './redrive-pace.ts';
import { runRedrive } from './run-redrive.ts';

export interface MoveAllOptions extends RedriveOptions {
  readonly route?: string | undefined;
}

export type MoveAllTools = CarryOutTools & { readonly relay: Pick<Relay, 'moves'> };

interface MovedRoute {
  readonly route: string;
  readonly outcome: MoveProgress['status'];
  readonly moved: number;
  readonly failure: string | null;
}

/**
 * `relay dlq redrive --all`: SQS moves everything by itself, whatever becomes of it, and whether or not we look. Where
 * the service has no such tasks, the same is done message by message.
 *
 * @throws OperatorError `USAGE` when there is no such route, or a yes cannot be asked for.
 */
export async function runMoveAll(
  options: MoveAllOptions,
  tools: MoveAllTools,
  terminal: RedriveTerminal,
): Promise<ExitCode> {
  const confirm = confirmRedrive(options, terminal);
  const { relay, signal } = tools;
  const depths = await Promise.all(
    selectRoutes(relay.location.routes, options.route).map(async ([route, queues]) => {
      const { visible, hidden } = await relay.queues.depthOf(queues.deadLetterQueueUrl);
      return { route, queues, depth: visible + hidden };
    }),
  );
  const full = depths.filter(({ depth }) => depth > 0);
  const total = full.reduce((sum, { depth }) => sum + depth, 0);
  if (!options.json) {
    for (const { route, depth } of full) terminal.print(`${route}: about ${count(depth, 'dead letter')}`);
    if (total === 0) terminal.print('no dead letters to redrive');
  }
  if (total === 0 || options.dryRun) {
    if (options.json) terminal.print(JSON.stringify({ moves: [] }));
    return 0;
  }
  if (!(await confirm(`have SQS redrive about ${count(total, 'dead letter')} of ${relay.location.description}?`))) {
    terminal.note('nothing was redriven');
    return 1;
  }
  const moved: MovedRoute[] = [];
  for (const { route, queues, depth } of full) {
    signal.throwIfAborted();
    const handle = await relay.moves.start(queues.deadLetterQueueUrl, queues.queueUrl, options.rate);
    if (handle === 'unsupported') {
      if (!options.json) terminal.note('this service has no message move task: done message by message instead');
      const selection = { route: options.route, ids: [] };
      return await runRedrive({ ...options, selection, yes: true }, tools, terminal);
    }
    const end = await followMove(queues, handle, { depth, rate: options.rate }, tools, terminal);
    moved.push({ route, outcome: end.status, moved: end.moved, failure: end.failure ?? null });
    if (!options.json) terminal.print(`${route}: ${end.status}, about ${count(end.moved, 'message')} moved`);
    if (end.failure !== undefined) terminal.note(`${route}: SQS gave up: ${end.failure}`);
    if (signal.aborted) {
      terminal.note('the rest is still in the dead letter queue: run it again to go on');
      break;
    }
  }
  if (options.json) terminal.print(JSON.stringify({ moves: moved }));
  return moved.length === full.length && moved.every(({ outcome }) => outcome === 'completed') ? 0 : 1;
}

/** Until SQS is done; Ctrl-C has it stop. */
async function followMove(
  { deadLetterQueueUrl }: RouteQueues,
  handle: string,
  { depth, rate }: { readonly depth: number; readonly rate: number },
  { relay, now, pause, signal }: MoveAllTools,
  { openBar }: RedriveTerminal,
): Promise<MoveProgress> {
  const bar = openBar(depth);
  const pace = measurePace(depth, rate, now);
  try {
    let isCancelled = false;
    for (;;) {
      const progress = await relay.moves.progressOf(deadLetterQueueUrl);
      bar.update(progress.moved, pace.text(progress.moved));
      if (progress.status !== 'running') return progress;
      if (signal.aborted && isCancelled) return { ...progress, status: 'cancelled' };
      if (signal.aborted) {
        await relay.moves.cancel(handle);
        isCancelled = true;
      } else {
        await pause(pollEveryMs);
      }
    }
  } finally {
    bar.stop();
  }
}
