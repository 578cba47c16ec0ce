import type { BreakerState, OpenPhase, Trial } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { parseAttributes } from '../contract/message-attributes.ts';
import { messageEventId } from '../contract/message-event-id.ts';
import { readTrialMessage, type TrialMessage, trialKey, writeTrialMessage } from '../contract/parked-message.ts';
import { halfOpenBreaker } from './advance-breaker.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { waitsForOperator, withSuspect } from './open-breaker.ts';

/** Events tried in one tick, where the ones before turn out to be settled already. */
const mostCandidates = 3;

/**
 * One tick of a paused route: tries the destination with a copy of one event, and opens the route if it answers well.
 *
 * The copy is why a long outage costs no receives: the original stays on the queue untouched, and if the copy is
 * delivered, the delivery record lets the original pass without a POST. Once a minute is no burden to a destination,
 * and so the first event is delivered within a minute of its recovery.
 *
 * @returns the state as it should be now; the same object when nothing changed
 * @throws ServiceUnavailableError when a queue or the bucket cannot be used: the next tick tries again
 */
export async function tryPausedRoute(
  state: BreakerState,
  phase: OpenPhase,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<BreakerState> {
  if (waitsForOperator(phase) || ports.now() < state.notBeforeMs) return state;
  let current = state;
  let open = phase;
  for (let candidate = 0; candidate < mostCandidates; candidate++) {
    const trial = open.trial ?? (await pickTrial(route, ports));
    if (trial === undefined) return withoutTrial(current, open, route, ports);
    const message = await loadTrial(trial, ports);
    const result = message === undefined ? 'gone' : await tryWith(trial, message, route, ports);
    if (result === 'gone' || result.outcome === 'not-posted') {
      await ports.parked.delete(trial.key);
      open = withTrial(open, undefined);
      current = changed(current, state, open);
      continue;
    }
    if (result.outcome === 'unknown') return changed(current, state, withTrial(open, trial));
    if (result.outcome === 'answered') {
      await ports.parked.delete(trial.key);
      return answered(changed(current, state, withTrial(open, undefined)), open, trial, ports);
    }
    const failedTrials = open.failedTrials + 1;
    current = afterFailure(changed(current, state, open), trial, result);
    open = {
      ...withTrial(open, trial),
      failedTrials,
      error: result.error,
      ...(result.halt === 'gone' ? { reason: 'gone' } : {}),
      reopenNotBeforeMs: Math.max(open.reopenNotBeforeMs, result.waitUntilMs ?? 0),
    };
    if (!waitsForOperator(open) && result.waitUntilMs === undefined) {
      const other = await exchangeTrial(open, trial, route, ports);
      if (other !== undefined) {
        open = { ...withTrial(open, other.trial), waitingAtExchange: other.waiting };
        current = changed(current, state, open);
        continue;
      }
    }
    return changed(current, state, open);
  }
  return current;
}

/** One change a tick, however many candidates it took: the version grows by one. */
function changed(current: BreakerState, stored: BreakerState, phase: OpenPhase): BreakerState {
  return { ...current, version: stored.version + 1, phase };
}

function withTrial(phase: OpenPhase, trial: Trial | undefined): OpenPhase {
  const { trial: _before, ...rest } = phase;
  return trial === undefined ? rest : { ...rest, trial };
}

function answered(state: BreakerState, open: OpenPhase, trial: Trial, ports: BreakerPorts): BreakerState {
  const nowMs = ports.now();
  const cleared = {
    ...state,
    deliveredSinceHalt: state.deliveredSinceHalt || !state.suspects.includes(trial.eventId),
  };
  // Too early after a relapse: the events go one a minute until then.
  if (nowMs < open.reopenNotBeforeMs) return cleared;
  return { ...halfOpenBreaker(cleared, nowMs), version: state.version };
}

function afterFailure(
  state: BreakerState,
  trial: Trial,
  result: { readonly halt?: string | undefined; readonly waitUntilMs?: number | undefined },
): BreakerState {
  const isNewSuspect = result.halt !== undefined && !state.suspects.includes(trial.eventId);
  return {
    ...state,
    notBeforeMs: Math.max(state.notBeforeMs, result.waitUntilMs ?? 0),
    ...(isNewSuspect ? { suspects: withSuspect(state.suspects, trial.eventId) } : {}),
  };
}

/** Nothing can be tried. With an empty queue there is nothing to be careful about either: the next event will tell. */
async function withoutTrial(
  state: BreakerState,
  open: OpenPhase,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<BreakerState> {
  const nowMs = ports.now();
  if (nowMs < open.reopenNotBeforeMs) return state;
  const { visible, hidden } = await ports.depthOf(route.queueUrl);
  return visible + hidden === 0 ? halfOpenBreaker(state, nowMs) : state;
}

async function tryWith(trial: Trial, message: TrialMessage, route: WatchedRoute, ports: BreakerPorts) {
  const result = await ports.tryDestination(route.processorName, message);
  const error = 'error' in result ? { error: result.error } : {};
  ports.log({ step: 'trial', route: route.name, eventId: trial.eventId, outcome: result.outcome, ...error });
  return result;
}

/** Undefined for a copy that is gone or makes no sense: another is picked. */
async function loadTrial({ key }: Trial, { parked }: BreakerPorts): Promise<TrialMessage | undefined> {
  const text = await parked.get(key);
  return text === 'missing' ? undefined : readTrialMessage(text);
}

/** A copy of some message that is visible on the queue, parked for this trial and the next ones. */
async function pickTrial(route: WatchedRoute, ports: BreakerPorts): Promise<Trial | undefined> {
  const message = await ports.copyOne(route.queueUrl);
  if (message === undefined) return undefined;
  const key = trialKey(route.name, ports.newId());
  await ports.parked.put(key, writeTrialMessage(message));
  return { key, eventId: eventIdOf(message) };
}

function eventIdOf({ message }: TrialMessage): string {
  const parsed = parseAttributes(message.attributes);
  return messageEventId(message.body, parsed.kind === 'parsed' ? parsed.known : {});
}

/**
 * Another event to try with, in case this one is the only one that fails: events that arrive later must not wait
 * behind it for ever. Each exchange costs a message one receive, so they come at growing distances (after 1, 3, 6, 12,
 * 24… failed trials), and only when more messages wait than at the last one.
 *
 * @throws never: without another one, this one is tried again
 */
async function exchangeTrial(
  open: OpenPhase,
  trial: Trial,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<{ readonly trial: Trial; readonly waiting: number } | undefined> {
  const { failedTrials } = open;
  if (failedTrials !== 1 && !Number.isInteger(Math.log2(failedTrials / 3))) return undefined;
  try {
    const { visible } = await ports.depthOf(route.queueUrl);
    if (visible <= (open.waitingAtExchange ?? 0)) return undefined;
    const other = await pickTrial(route, ports);
    if (other === undefined) return undefined;
    if (other.eventId === trial.eventId) {
      await ports.parked.delete(other.key);
      return { trial, waiting: visible };
    }
    await ports.parked.delete(trial.key);
    return { trial: other, waiting: visible };
  } catch (error) {
    const during = 'looking for another event to try';
    ports.log({ step: 'fault', route: route.name, during, error: describeError(error) });
    return undefined;
  }
}
