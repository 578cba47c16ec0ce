import { relayCommand } from '../connection/relay-command.ts';
import type { RelayLocation } from '../connection/relay-location.ts';
import { isUnreadable } from '../routes/stored-breaker.ts';
import type { Confirm } from '../terminal/confirm.ts';
import { demandConfirm } from '../terminal/demand-confirm.ts';
import { count } from '../terminal/printable.ts';
import type { ExitCode } from '../terminal/terminal.ts';
import {
  type CarriedOut,
  type CarryOutOptions,
  type CarryOutTools,
  carryOutRedrive,
  type RedriveTerminal,
} from './carry-out-redrive.ts';
import { isAllDelivered, type StoredPlan, usualPlanPath } from './plan-file.ts';
import { plannedCount, type RedrivePlan } from './plan-redrive.ts';
import { type RedriveReport, redriveDocument } from './redrive-document.ts';
import { renderOutcome, renderPlan, renderRule, renderStop } from './render-redrive.ts';

export interface RedriveOptions extends Pick<CarryOutOptions, 'rate' | 'stopAtPercent' | 'waitMs'> {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Where the plan is to be kept; in the working directory, under the time, when undefined. */
  readonly planPath?: string | undefined;
  /** Whether a plan at `planPath` is removed once all of it is delivered: it has a name that we gave it. */
  readonly removesPlan?: boolean | undefined;
}

/** What the plan could not take in. */
type LeftOut = Pick<RedriveReport, 'unknownIds' | 'incompleteRoutes'>;

/** A plan that is ready to be shown. */
export interface Prepared extends LeftOut {
  readonly plan: RedrivePlan;
  readonly stored: StoredPlan;
  /** Whether everything that was meant is in the plan. */
  readonly isComplete: boolean;
}

/** Shows the plan, asks, carries it out and reports. */
export async function confirmAndCarryOut(
  { plan, stored, isComplete, ...left }: Prepared,
  options: RedriveOptions,
  confirm: Confirm,
  tools: CarryOutTools,
  terminal: RedriveTerminal,
): Promise<ExitCode> {
  const { json, dryRun } = options;
  const { location } = tools.relay;
  const total = plannedCount(plan);
  const exitCodeOfPlan = isComplete ? 0 : 1;
  if (!json) terminal.print(total === 0 ? 'no dead letters to redrive' : renderPlan(plan, location, terminal));
  if (total === 0 || dryRun) {
    // A plan that was shown can be carried out as it was shown.
    if (dryRun && options.planPath !== undefined) await tools.planFiles.write(options.planPath, stored);
    const planFile = dryRun ? options.planPath : undefined;
    // A plan whose last events were delivered after its redrive had ended: this look is what finds that out.
    if (!dryRun && options.planPath !== undefined && options.removesPlan && isAllDelivered(stored)) {
      await tools.planFiles.remove(options.planPath);
    }
    if (json) {
      terminal.print(
        JSON.stringify(
          redriveDocument({ messages: asPlanned(plan), events: [], stopped: undefined, planFile, ...left }),
        ),
      );
    } else if (total > 0) {
      terminal.print(renderRule(options, total));
      terminal.print(
        planFile === undefined
          ? 'dry run: nothing was changed'
          : `dry run: nothing was changed. To carry it out: ${resumeCommand(location, planFile)}`,
      );
    }
    return exitCodeOfPlan;
  }

  await notePaused(plan, tools, terminal);
  if (!json) terminal.print(renderRule(options, total));
  tools.signal.throwIfAborted();
  if (!(await confirm(`redrive ${count(total, 'dead letter')} of ${location.description}?`))) {
    terminal.note('nothing was redriven');
    return 1;
  }
  const planPath = options.planPath ?? usualPlanPath(stored);
  if (!json) terminal.note(`plan: ${planPath}; Ctrl-C stops in good order`);
  const removesPlan = options.planPath === undefined || options.removesPlan === true;
  const carried = await carryOutRedrive(plan, stored, { ...options, planPath, removesPlan }, tools, terminal);
  report(carried, left, json, location, terminal);
  return isDone(carried) ? exitCodeOfPlan : 1;
}

function report(
  carried: CarriedOut,
  left: LeftOut,
  json: boolean,
  location: RelayLocation,
  terminal: RedriveTerminal,
): void {
  const { messages, events, stopped, planFile } = carried;
  if (stopped !== undefined) terminal.note(renderStop(stopped, location));
  terminal.print(
    json ? JSON.stringify(redriveDocument({ ...carried, ...left })) : renderOutcome(messages, events, terminal.paint),
  );
  if (planFile !== undefined && !json) {
    terminal.note(`to go on, or to see how they fared: ${resumeCommand(location, planFile)}`);
  }
}

function resumeCommand(location: RelayLocation, planFile: string): string {
  return relayCommand(location, 'dlq redrive --resume', planFile);
}

function isDone({ messages, events, stopped }: CarriedOut): boolean {
  const isSent = messages.every(({ outcome }) => outcome.kind === 'redriven');
  return isSent && stopped === undefined && events.every(({ outcome }) => outcome !== 'failed-again');
}

/** Whoever redrives to a route that is paused would wait for outcomes that cannot come. */
async function notePaused(plan: RedrivePlan, { relay }: CarryOutTools, { note }: RedriveTerminal): Promise<void> {
  for (const { route } of plan) {
    const breaker = await relay.breakers.read(route);
    if (isUnreadable(breaker) || breaker.phase.kind !== 'open') continue;
    const [see, resume] = [
      relayCommand(relay.location, 'route list'),
      relayCommand(relay.location, 'route resume', route),
    ];
    note(`${route} is paused: what is redriven waits on its queue. See \`${see}\`, \`${resume}\``);
  }
}

/** @throws OperatorError `USAGE` when a yes is needed and cannot be asked for */
export function confirmRedrive(
  { yes, dryRun, json }: Pick<RedriveOptions, 'yes' | 'dryRun' | 'json'>,
  terminal: Pick<RedriveTerminal, 'confirm'>,
): Confirm {
  const wayOut = 'add --yes to redrive, or --dry-run to see the plan';
  return demandConfirm({ isSettled: yes || dryRun, json, wayOut }, terminal);
}

function asPlanned(plan: RedrivePlan): RedriveReport['messages'] {
  return plan.flatMap(({ route, messages }) =>
    messages.map((message) => ({ ...message, route, outcome: { kind: 'planned' as const } })),
  );
}
