import type { BreakerState, PausedState, Trial } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { readTrialMessage } from '../contract/parked-message.ts';
import type { TrialResult } from '../contract/trial-call.ts';
import { halfOpenBreaker } from './advance-breaker.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { clearedSuspects } from './gate.ts';
import { lookForEvent } from './look-for-event.ts';
import { waitsForOperator, withSuspect } from './open-breaker.ts';

/** So many events are remembered that a paused route was tried with. */
const mostTried = 20;

/**
 * One tick of a paused route: tries the destination with a copy of one event, and opens the route if it answers well.
 *
 * The copy is why a long outage costs no receives: the original stays on the queue untouched, and if the copy is
 * delivered, the delivery record lets the original pass without a POST. Once a minute is no burden to a destination,
 * and so the first event is delivered within a minute of its recovery.
 *
 * A crash after the trial was answered and before the state is stored leaves a copy of a settled event: the next tick
 * finds that, and looks for another.
 *
 * @returns the state as it should be now; the same object when nothing changed
 * @throws ServiceUnavailableError when a queue or the bucket cannot be used: the next tick tries again
 */
export async function tryPausedRoute(
  paused: PausedState,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<BreakerState> {
  if (waitsForOperator(paused.phase) || ports.now() < paused.notBeforeMs) return paused;
  const state = paused.phase.trial === undefined ? await withEventToTry(paused, route, ports) : paused;
  const { trial } = state.phase;
  if (trial === undefined) return withNothingToTry(state, route, ports);
  const result = await tryWith(trial, state, route, ports);
  switch (result.outcome) {
    case 'answered':
      await forget(ports, trial.key);
      return afterAnswer(withTrial(state, undefined), trial, ports.now());
    case 'unknown':
      return state;
    case 'not-posted':
      await forget(ports, trial.key);
      return withTrial(withTried(state, trial), undefined);
    case 'failed':
      return tryAnother(afterFailure(state, trial, result), trial, route, ports);
  }
}

async function withEventToTry(paused: PausedState, route: WatchedRoute, ports: BreakerPorts): Promise<PausedState> {
  const { state, trial } = await lookForEvent(paused, route, ports);
  return withTrial(state, trial);
}

/**
 * A second event in the same tick, in case the first is the only one that fails: events that came later must not wait
 * behind it for ever. It takes the first one's place only if it was posted, and failed as well.
 */
async function tryAnother(
  failed: PausedState,
  first: Trial,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<BreakerState> {
  if (waitsForOperator(failed.phase) || ports.now() < failed.notBeforeMs) return failed;
  const { state, trial: second } = await lookForEvent(failed, route, ports);
  if (second === undefined) return state;
  const result = await tryWith(second, state, route, ports);
  if (result.outcome === 'not-posted' || result.outcome === 'unknown') {
    await forget(ports, second.key);
    return withTried(state, second);
  }
  await forget(ports, first.key);
  if (result.outcome === 'failed') return afterFailure(state, second, result);
  await forget(ports, second.key);
  return afterAnswer(withTrial(state, undefined), second, ports.now());
}

async function tryWith(
  trial: Trial,
  state: PausedState,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<TrialResult> {
  const text = await ports.parked.get(trial.key);
  const message = text === 'missing' ? undefined : readTrialMessage(text);
  // A copy that is gone, or makes no sense, is as good as one of a settled event: another is looked for.
  const told: TrialResult =
    message === undefined ? { outcome: 'not-posted' } : await ports.tryDestination(route.processorName, message);
  // As for a processor: an answer that is known to be this event's own says that the destination is well. Otherwise one
  // event that is always answered 410 would leave a route that has recovered to the operator.
  const isItsOwn =
    told.outcome === 'failed' && told.halt !== undefined && clearedSuspects(state).includes(trial.eventId);
  const result: TrialResult = isItsOwn ? { outcome: 'answered' } : told;
  const error = 'error' in result ? { error: result.error } : {};
  ports.log({ step: 'trial', route: route.name, eventId: trial.eventId, outcome: result.outcome, ...error });
  return result;
}

/**
 * Lets a copy go, before the state says so: what cannot be deleted now is found settled by the next tick, or expires.
 * It must not keep a route paused whose destination has answered.
 */
async function forget(ports: BreakerPorts, key: string): Promise<void> {
  try {
    await ports.parked.delete(key);
  } catch (error) {
    ports.log({ step: 'fault', route: 'unknown', during: 'deleting a copy', error: describeError(error) });
  }
}

function withTrial(state: PausedState, trial: Trial | undefined): PausedState {
  const { trial: _before, ...phase } = state.phase;
  return { ...state, phase: trial === undefined ? phase : { ...phase, trial } };
}

function withTried(state: PausedState, { eventId }: Trial): PausedState {
  const { tried } = state.phase;
  if (tried.includes(eventId)) return state;
  return { ...state, phase: { ...state.phase, tried: [...tried, eventId].slice(-mostTried) } };
}

function afterAnswer(state: PausedState, trial: Trial, nowMs: number): BreakerState {
  const deliveredSinceHalt = state.deliveredSinceHalt || !state.suspects.includes(trial.eventId);
  const answered = { ...state, deliveredSinceHalt, phase: { ...state.phase, answered: true } };
  // Too early after a relapse: until then the events go one a minute.
  return nowMs < state.phase.reopenNotBeforeMs ? answered : halfOpenBreaker(answered, nowMs);
}

function afterFailure(
  state: PausedState,
  trial: Trial,
  { error, halt, waitUntilMs = 0 }: Extract<TrialResult, { outcome: 'failed' }>,
): PausedState {
  const tried = withTried(withTrial(state, trial), trial);
  const { phase } = tried;
  const isNewSuspect = halt !== undefined && !state.suspects.includes(trial.eventId);
  return {
    ...tried,
    notBeforeMs: Math.max(state.notBeforeMs, waitUntilMs),
    suspects: isNewSuspect ? withSuspect(state.suspects, trial.eventId) : state.suspects,
    deliveredSinceHalt: halt === undefined && state.deliveredSinceHalt,
    phase: {
      ...phase,
      reason: halt ?? phase.reason,
      error,
      reopenNotBeforeMs: Math.max(phase.reopenNotBeforeMs, waitUntilMs),
      failedTrials: phase.failedTrials + 1,
      answered: false,
    },
  };
}

/**
 * A destination that has answered the last event well is well. And with an empty queue there is nothing to be careful
 * about: the next event will tell.
 */
async function withNothingToTry(state: PausedState, route: WatchedRoute, ports: BreakerPorts): Promise<BreakerState> {
  if (ports.now() < state.phase.reopenNotBeforeMs) return state;
  if (state.phase.answered) return halfOpenBreaker(state, ports.now());
  const { visible, hidden } = await ports.depthOf(route.queueUrl);
  return visible + hidden === 0 ? halfOpenBreaker(state, ports.now()) : state;
}
