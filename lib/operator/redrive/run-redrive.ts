import { findDeadLetters, unknownIds } from '../dead-letters/find-dead-letters.ts';
import { noteUnseen } from '../dead-letters/run-list.ts';
import type { Selection } from '../dead-letters/selection.ts';
import { notFound } from '../dead-letters/show-dead-letters.ts';
import { count } from '../terminal/printable.ts';
import type { ExitCode } from '../terminal/terminal.ts';
import type { CarryOutTools, RedriveTerminal } from './carry-out-redrive.ts';
import { confirmAndCarryOut, confirmRedrive, type RedriveOptions } from './confirm-and-carry-out.ts';
import type { StoredPlan } from './plan-file.ts';
import { planRedrive, type RedrivePlan } from './plan-redrive.ts';

export interface FreshRedriveOptions extends RedriveOptions {
  readonly selection: Selection;
  /** The oldest so many of those selected; all when undefined. */
  readonly limit?: number | undefined;
}

/**
 * `relay dlq redrive [ID...]`: plan, show, confirm, execute.
 *
 * @throws OperatorError `USAGE` when a yes is needed and cannot be asked for, or something else is where the plan is to go
 */
export async function runRedrive(
  options: FreshRedriveOptions,
  tools: CarryOutTools,
  terminal: RedriveTerminal,
): Promise<ExitCode> {
  const confirm = confirmRedrive(options, terminal);
  if (options.planPath !== undefined) await tools.planFiles.demandFree(options.planPath);
  const { location } = tools.relay;
  const { selection, limit } = options;
  const { deadLetters, ...unseen } = await findDeadLetters(selection, tools);
  const { incompleteRoutes } = unseen;
  noteUnseen(unseen, terminal);
  const unknown = unknownIds(selection.ids, deadLetters);
  if (unknown.length > 0) terminal.note(notFound(unknown, unseen, location).message);
  // Whoever named ids and got them all has missed nothing, however much else is in the queue.
  const isComplete = selection.ids.length > 0 ? unknown.length === 0 : incompleteRoutes.length === 0;

  const nowMs = tools.now();
  const plan = planRedrive(limit === undefined ? deadLetters : deadLetters.slice(0, limit), location.routes, nowMs);
  if (limit !== undefined && limit < deadLetters.length && !options.json) {
    terminal.print(`the oldest ${limit} of ${count(deadLetters.length, 'dead letter')}`);
  }
  return await confirmAndCarryOut(
    { plan, stored: storedPlan(plan, location.description, nowMs), isComplete, unknownIds: unknown, incompleteRoutes },
    options,
    confirm,
    tools,
    terminal,
  );
}

function storedPlan(plan: RedrivePlan, relay: string, createdAtMs: number): StoredPlan {
  return {
    createdAtMs,
    relay,
    deadLetterQueueUrls: Object.fromEntries(plan.map(({ route, deadLetterQueueUrl }) => [route, deadLetterQueueUrl])),
    entries: plan.flatMap(({ route, messages }) =>
      messages.map(({ alreadyDelivered: _, ...message }) => ({ ...message, route, state: 'planned' as const })),
    ),
  };
}
