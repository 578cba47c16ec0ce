import { deliveryKey } from '../../../lambdas/contract/delivery-record.ts';
import type { DeadLetter } from '../dead-letters/dead-letter.ts';
import { findDeadLetters, type Unseen } from '../dead-letters/find-dead-letters.ts';
import { noteUnseen } from '../dead-letters/run-list.ts';
import { count } from '../terminal/printable.ts';
import type { ExitCode } from '../terminal/terminal.ts';
import type { CarryOutTools, RedriveTerminal } from './carry-out-redrive.ts';
import { confirmAndCarryOut, confirmRedrive, type RedriveOptions } from './confirm-and-carry-out.ts';
import { isAtUsualPath, type StoredPlan } from './plan-file.ts';
import { requireSameRelay, resumePlan } from './resume-plan.ts';

/**
 * `relay dlq redrive --resume FILE`: the rest of a plan, and what of it has failed again.
 *
 * @throws OperatorError `USAGE` when the file is no plan of this relay, or a yes cannot be asked for.
 */
export async function runResume(
  path: string,
  options: RedriveOptions,
  tools: CarryOutTools,
  terminal: RedriveTerminal,
): Promise<ExitCode> {
  const confirm = confirmRedrive(options, terminal);
  const { location, readDeliveryStates } = tools.relay;
  const plan = await tools.planFiles.read(path);
  requireSameRelay(path, plan, location);
  const { found, ...unseen } = await findOfPlan(plan, tools);
  const { incompleteRoutes } = unseen;
  noteUnseen(unseen, terminal);
  const keys = plan.entries.flatMap(({ route, eventId }) => (eventId === undefined ? [] : deliveryKey(route, eventId)));
  const states = await readDeliveryStates(keys);
  const { stored, toSend } = resumePlan(plan, found, states, { nowMs: tools.now(), routes: location.routes });
  if (!options.json) {
    const delivered = stored.entries.filter(({ state }) => state === 'delivered').length;
    terminal.print(`${path}: ${delivered} of ${count(stored.entries.length, 'event')} delivered`);
  }
  return await confirmAndCarryOut(
    { plan: toSend, stored, isComplete: incompleteRoutes.length === 0, unknownIds: [], incompleteRoutes },
    { ...options, planPath: path, removesPlan: isAtUsualPath(path, plan) },
    confirm,
    tools,
    terminal,
  );
}

/** The dead letters of a plan's events, those that have failed again included. */
async function findOfPlan(
  { entries }: StoredPlan,
  tools: CarryOutTools,
): Promise<{ readonly found: readonly DeadLetter[] } & Unseen> {
  const found: DeadLetter[] = [];
  const incompleteRoutes: string[] = [];
  const heldRoutes: string[] = [];
  for (const route of new Set(entries.map((entry) => entry.route))) {
    const ids = entries.filter((entry) => entry.route === route).flatMap(idsOf);
    const ofRoute = await findDeadLetters({ route, ids }, tools);
    found.push(...ofRoute.deadLetters);
    incompleteRoutes.push(...ofRoute.incompleteRoutes);
    heldRoutes.push(...ofRoute.heldRoutes);
  }
  return { found, incompleteRoutes, heldRoutes };
}

function idsOf({ messageId, eventId }: { readonly messageId: string; readonly eventId: string | undefined }) {
  return eventId === undefined ? [messageId] : [messageId, eventId];
}
