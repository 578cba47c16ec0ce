import { OperatorError } from '../operator-error.ts';
import type { Confirm } from '../terminal/confirm.ts';
import { count } from '../terminal/printable.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { executeRedrive } from './execute-redrive.ts';
import { type FindTools, findDeadLetters, unknownIds } from './find-dead-letters.ts';
import { type RedriveReportMessage, redriveDocument } from './json-documents.ts';
import { plannedCount, planRedrive, type RedrivePlan } from './plan-redrive.ts';
import { renderOutcome, renderPlan } from './render-redrive.ts';
import { noteIncomplete } from './run-list.ts';
import { notFound } from './show-dead-letters.ts';

export interface RedriveOptions {
  readonly route?: string | undefined;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/**
 * `relay dlq redrive [ID...]`: plan, show, confirm, execute.
 *
 * @throws OperatorError `USAGE` when a yes is needed and cannot be asked for.
 */
export async function runRedrive(
  ids: readonly string[],
  options: RedriveOptions,
  tools: FindTools,
  terminal: Terminal,
): Promise<ExitCode> {
  const confirm = confirmer(options, terminal);

  const { deadLetters, incompleteRoutes } = await findDeadLetters({ route: options.route, ids }, tools);
  noteIncomplete(incompleteRoutes, terminal);
  const unknown = unknownIds(ids, deadLetters);
  const left = { unknownIds: unknown, incompleteRoutes };
  // Whoever named ids and got them all has missed nothing, however much else is in the queue.
  const isComplete = ids.length > 0 ? unknown.length === 0 : incompleteRoutes.length === 0;
  const exitCodeOfPlan = isComplete ? 0 : 1;
  if (unknown.length > 0) terminal.note(notFound(unknown, incompleteRoutes).message);

  const plan = planRedrive(deadLetters, tools.relay.location.routes);
  if (!options.json) {
    terminal.print(plan.length === 0 ? 'no dead letters to redrive' : renderPlan(plan, terminal.paint));
  }
  if (plan.length === 0 || options.dryRun) {
    if (options.json) terminal.print(JSON.stringify(redriveDocument(asPlanned(plan), left)));
    return exitCodeOfPlan;
  }

  tools.signal.throwIfAborted();
  const total = plannedCount(plan);
  if (!(await confirm(`redrive ${count(total, 'dead letter')} of ${tools.relay.location.description}?`))) {
    terminal.note('nothing was redriven');
    return 1;
  }

  let ended = 0;
  const messages = await executeRedrive(plan, {
    queues: tools.relay.queues,
    now: tools.now,
    signal: tools.signal,
    onProgress: () => terminal.progress(`${++ended} of ${total}`),
  });
  terminal.progress('');
  terminal.print(
    options.json ? JSON.stringify(redriveDocument(messages, left)) : renderOutcome(messages, terminal.paint),
  );
  return messages.every(({ outcome }) => outcome.kind === 'redriven') ? exitCodeOfPlan : 1;
}

/** Settled before anything is read: a script that cannot be asked should hear so whatever is in the queue. */
function confirmer({ yes, dryRun, json }: RedriveOptions, terminal: Terminal): Confirm {
  if (yes || dryRun) return async () => true;
  if (json) throw new OperatorError('USAGE', '--json cannot ask: add --yes to redrive, or --dry-run to see the plan');
  if (terminal.confirm === undefined) {
    throw new OperatorError('USAGE', 'there is no terminal to confirm on: add --yes to redrive, or --dry-run');
  }
  return terminal.confirm;
}

function asPlanned(plan: RedrivePlan): readonly RedriveReportMessage[] {
  return plan.flatMap(({ route, messages }) =>
    messages.map((message) => ({ ...message, route, outcome: { kind: 'planned' as const } })),
  );
}
