import { deliveryKey } from '../../../lambdas/contract/delivery-record.ts';
import { relayCommand } from '../connection/relay-command.ts';
import type { RelayLocation } from '../connection/relay-location.ts';
import type { DeadLetter } from '../dead-letters/dead-letter.ts';
import type { DeliveryState } from '../dead-letters/delivery-states.ts';
import { OperatorError } from '../operator-error.ts';
import type { PlanEntry, StoredPlan } from './plan-file.ts';
import { planByRoute, type RedrivePlan } from './plan-redrive.ts';
import { isSince, outcomeOf } from './watch-outcomes.ts';

/** What is left of a plan: what to send, and the plan as it is to be kept from now on. */
export interface ResumedPlan {
  readonly stored: StoredPlan;
  readonly toSend: RedrivePlan;
}

/**
 * Squares a plan with what is in the queues and the delivery records now.
 *
 * - A message that is still in its dead letter queue is sent, with the time that it was planned with: should it have been
 *   sent already, the processor takes it for the copy that it is.
 * - An event that has failed again has a new dead letter. That one joins the plan with a new time: with the old one the
 *   processor would take it for a copy, and drop it although no dead letter is left. Where SQS moved it, because its
 *   processor died of it each time, nothing but the dead letter tells.
 * - A message that is gone was redriven before its state was written, if its event's record has the plan's time. Else
 *   somebody else has it, for a while or for good: it stays planned.
 *
 * @param found all dead letters of the plan's events
 * @param nowMs the time for those that failed again
 */
export function resumePlan(
  plan: StoredPlan,
  found: readonly DeadLetter[],
  states: ReadonlyMap<string, DeliveryState>,
  { nowMs, routes }: { readonly nowMs: number; readonly routes: RelayLocation['routes'] },
): ResumedPlan {
  const inQueue = new Map(found.map((deadLetter) => [deadLetter.messageId, deadLetter]));
  const planned = new Set(plan.entries.map(({ messageId }) => messageId));
  const others = Map.groupBy(
    found.filter(({ messageId }) => !planned.has(messageId)),
    keyOf,
  );
  const entries = plan.entries.map((entry) => {
    const hasReturned = (others.get(keyOf(entry)) ?? []).some((deadLetter) => isSince(deadLetter, entry));
    return { ...entry, state: stateNow(entry, inQueue, states, hasReturned) };
  });
  const events = new Set(entries.filter(hasFailedAgain).map(keyOf));
  const newEntries = [...others]
    .flatMap(([key, deadLetters]) => (events.has(key) ? deadLetters : []))
    .map(
      ({ route, messageId, eventId, cause }): PlanEntry => ({
        route,
        messageId,
        eventId,
        cause,
        redrivenAtMs: nowMs,
        state: 'planned',
      }),
    );
  // Their events go by the new dead letters from now on.
  const replaced = new Set(newEntries.map(keyOf));
  const kept = entries.filter((entry) => !(hasFailedAgain(entry) && replaced.has(keyOf(entry))));
  const stored = { ...plan, entries: [...kept, ...newEntries] };
  const left = stored.entries.filter(({ state }) => state === 'planned');
  return {
    stored,
    toSend: planByRoute(left, routes, ({ messageId, eventId, cause, redrivenAtMs }) => ({
      messageId,
      eventId,
      cause,
      redrivenAtMs,
      alreadyDelivered: inQueue.get(messageId)?.deliveryStatus === 'delivered',
    })),
  };
}

/** @throws OperatorError `USAGE` when the plan was made for another relay. */
export function requireSameRelay(path: string, plan: StoredPlan, location: RelayLocation): void {
  const { routes, description, startedAtMs } = location;
  for (const [route, url] of Object.entries(plan.deadLetterQueueUrls)) {
    if (routes.get(route)?.deadLetterQueueUrl === url) continue;
    if (plan.relay === description) {
      const another = startedAtMs === undefined ? `an earlier deployment of ${description}` : 'another local run';
      const anew = relayCommand(location, 'dlq redrive --dry-run --plan', path);
      throw new OperatorError(
        'USAGE',
        `the plan ${path} is of ${another}, whose queues are gone: delete it, and plan anew with \`${anew}\``,
      );
    }
    throw new OperatorError(
      'USAGE',
      `the plan ${path} is of ${plan.relay} (route ${route}), not of ${description}: name its relay with --stack or --local`,
    );
  }
}

function stateNow(
  entry: PlanEntry,
  inQueue: ReadonlyMap<string, DeadLetter>,
  states: ReadonlyMap<string, DeliveryState>,
  hasReturned: boolean,
): PlanEntry['state'] {
  // Also one that was sent and could not be deleted: sent again it does no harm, and is deleted.
  if (inQueue.has(entry.messageId)) return 'planned';
  if (entry.state === 'delivered') return 'delivered';
  const state = entry.eventId === undefined ? undefined : states.get(keyOf(entry));
  const outcome = outcomeOf(state, entry);
  if (outcome === 'delivered' || outcome === 'failed-again') return outcome;
  // One that is still planned may just be held by somebody else.
  const stateBefore = state?.redrivenAtMs === entry.redrivenAtMs ? 'redriven' : entry.state;
  return hasReturned && stateBefore !== 'planned' ? 'failed-again' : stateBefore;
}

function hasFailedAgain({ state }: PlanEntry): boolean {
  return state === 'failed-again';
}

function keyOf({ route, eventId, messageId }: Pick<PlanEntry, 'route' | 'eventId' | 'messageId'>): string {
  return eventId === undefined ? `message ${messageId}` : deliveryKey(route, eventId);
}
