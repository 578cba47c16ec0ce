import { deliveryKey } from '../../../lambdas/contract/delivery-record.ts';
import type { Relay } from '../connection/connect-relay.ts';
import { envelopeOf } from '../dead-letters/dead-letter.ts';
import { type FindTools, visitDeadLetters } from '../dead-letters/find-dead-letters.ts';
import type { Pause } from '../pause.ts';
import type { OpenProgressBar } from '../terminal/progress-bar.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { executeRedrive, type RedrivenMessage } from './execute-redrive.ts';
import { keepPlan } from './keep-plan.ts';
import { type EntryState, isAllDelivered, type PlanFiles, type StoredPlan } from './plan-file.ts';
import { plannedCount, type RedrivePlan } from './plan-redrive.ts';
import { openGate, type StopReason, type StopRule } from './redrive-gate.ts';
import { measurePace } from './redrive-pace.ts';
import { faring } from './render-redrive.ts';
import { type OutcomeWatch, type WatchedEvent, watchOutcomes } from './watch-outcomes.ts';

export interface CarryOutTools extends FindTools {
  readonly relay: FindTools['relay'] & Pick<Relay, 'breakers'>;
  readonly pause: Pause;
  readonly planFiles: PlanFiles;
}

export type RedriveTerminal = Terminal & { readonly openBar: OpenProgressBar };

export interface CarryOutOptions extends StopRule {
  readonly planPath: string;
  /** Whether the plan is removed once all of it is delivered: not one that the operator named. */
  readonly removesPlan: boolean;
  /** How long outcomes are waited for once everything is sent. */
  readonly waitMs: number;
}

export interface CarriedOut {
  readonly messages: readonly RedrivenMessage[];
  readonly events: readonly WatchedEvent[];
  readonly stopped: StopReason | undefined;
  /** Undefined when it is not needed any more, though one that the operator named is still there. */
  readonly planFile: string | undefined;
}

/** While nothing else is to be done: whoever redrives one event wants to hear of it at once. */
const lastPollsEveryMs = 300;

/**
 * Writes the plan, then redrives what is to be sent at its pace, and follows each event until it is known how it fared.
 * Whatever ends it, the plan file says how far it got.
 *
 * @throws OperatorError when the plan cannot be written: before anything is sent, or at the end
 */
export async function carryOutRedrive(
  toSend: RedrivePlan,
  stored: StoredPlan,
  options: CarryOutOptions,
  tools: CarryOutTools,
  { openBar }: Pick<RedriveTerminal, 'openBar'>,
): Promise<CarriedOut> {
  const { relay, now, pause, signal } = tools;
  const plan = await keepPlan(options.planPath, stored, { files: tools.planFiles, now });
  const messageIds = messageIdsByEvent(stored);
  const noteEvent = (event: WatchedEvent, state: EntryState): void => {
    for (const messageId of messageIds.get(deliveryKey(event.route, event.eventId ?? '')) ?? []) {
      plan.note(messageId, state);
    }
  };
  const watch = watchOutcomes({
    readDeliveryStates: relay.readDeliveryStates,
    now,
    onSettled: (event) => noteEvent(event, event.outcome === 'delivered' ? 'delivered' : 'failed-again'),
  });
  const planned = new Set(stored.entries.map(({ messageId }) => messageId));
  const gate = openGate(options, {
    watch,
    now,
    pause,
    signal,
    lookForReturned: (route) => findReturned(route, planned, watch, tools),
  });

  const total = plannedCount(toSend);
  const pace = measurePace(total, options.rate, now);
  const bar = openBar(total);
  let done = 0;
  const showProgress = () => bar.update(done, [pace.text(done), faring(watch.events())].filter(Boolean).join(', '));
  let messages: readonly RedrivenMessage[];
  try {
    messages = await executeRedrive(toSend, {
      queues: relay.queues,
      now,
      signal,
      turn: gate.turn,
      onProgress: (message) => {
        // What was not reached is not done: the bar would run to its end at Ctrl-C.
        if (message.outcome.kind === 'not-reached') return;
        done++;
        if (message.outcome.kind === 'redriven') {
          plan.note(message.messageId, message.alreadyDelivered ? 'delivered' : 'redriven');
          if (!message.alreadyDelivered) watch.sent(message.route, message);
        }
        showProgress();
      },
      onOther: (route, message) => {
        if (!planned.has(message.messageId)) watch.seen(route, envelopeOf(message));
      },
    });
    await awaitOutcomes(watch, options.waitMs, tools, showProgress);
  } finally {
    bar.stop();
    await plan.flush();
  }
  const isOver = isAllDelivered(plan.current()) && messages.every(({ outcome }) => outcome.kind === 'redriven');
  if (isOver && options.removesPlan) await tools.planFiles.remove(plan.path);
  return {
    messages,
    events: watch.events(),
    stopped: gate.stopReason(),
    planFile: isOver ? undefined : plan.path,
  };
}

async function awaitOutcomes(
  watch: OutcomeWatch,
  waitMs: number,
  { now, pause, signal }: CarryOutTools,
  showProgress: () => void,
): Promise<void> {
  const endsAtMs = now() + waitMs;
  while (watch.events().some(({ outcome }) => outcome === 'under-way') && now() < endsAtMs && !signal.aborted) {
    await pause(lastPollsEveryMs);
    await watch.poll();
    showProgress();
  }
}

/**
 * Finds events that are dead letters again. One that the relay cannot read has no delivery record to tell it: only its
 * new dead letter does.
 */
async function findReturned(
  route: string,
  planned: ReadonlySet<string>,
  watch: OutcomeWatch,
  tools: FindTools,
): Promise<void> {
  const ids = watch.events(route).flatMap(({ outcome, eventId }) => (outcome === 'under-way' ? (eventId ?? []) : []));
  if (ids.length === 0) return;
  await visitDeadLetters({ route, ids }, tools, (found) => {
    for (const deadLetter of found) {
      if (!planned.has(deadLetter.messageId)) watch.seen(route, deadLetter);
    }
  });
}

/** An event can have more than one dead letter, and one delivery record. */
function messageIdsByEvent({ entries }: StoredPlan): ReadonlyMap<string, readonly string[]> {
  const byEvent = new Map<string, string[]>();
  for (const { route, eventId, messageId, state } of entries) {
    if (eventId === undefined || state !== 'planned') continue;
    const key = deliveryKey(route, eventId);
    byEvent.set(key, [...(byEvent.get(key) ?? []), messageId]);
  }
  return byEvent;
}
