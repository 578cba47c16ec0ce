import type { BreakerState, PausedState, Trial } from '../contract/breaker-state.ts';
import type { TrialResult } from '../contract/trial-call.ts';
import { halfOpenBreaker } from './advance-breaker.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { gatherTrials } from './gather-trials.ts';
import { waitsForOperator, withSuspect } from './open-breaker.ts';
import { forgetTrial, tryWith } from './try-with.ts';

/** Events that a destination is tried with in one tick, so that one bad event alone does not keep a route paused. */
const mostInOneTick = 2;

/**
 * One tick of a paused route: tries the destination with copies of events, and opens the route if one is answered well.
 *
 * The copies are why a long outage costs no receives: the originals stay on the queue, and if a copy is delivered, the
 * delivery record lets its original pass without a POST. Twice a minute is no burden to a destination, and so the first
 * event is delivered within a minute of its recovery.
 *
 * A crash after the trial was answered and before the state is stored leaves a copy of a settled event: the next tick
 * finds that, and takes the next one.
 *
 * @returns the state as it should be now; the same object when nothing changed
 * @throws ServiceUnavailableError when a queue or the bucket cannot be used: the next tick tries again
 */
export async function tryPausedRoute(
  paused: PausedState,
  route: WatchedRoute,
  ports: BreakerPorts,
): Promise<BreakerState> {
  if (waitsForOperator(paused.phase)) return paused;
  if (ports.now() < paused.notBeforeMs) return paused;
  if (paused.phase.answered && ports.now() >= paused.phase.reopenNotBeforeMs)
    return halfOpenBreaker(paused, ports.now());
  let state = await gatherTrials(paused, route, ports);
  if (state.trials.length === 0) return withNothingToTry(state, route, ports);
  const seen = new Set<string>();
  for (let tried = 0; tried < mostInOneTick; tried++) {
    const [trial] = state.trials;
    if (trial === undefined || seen.has(trial.key)) break;
    seen.add(trial.key);
    const result = await tryWith(trial, route, ports);
    if (result.outcome === 'unknown') break;
    const isAnswered = result.outcome === 'answered' || isKnownToBeItsOwn(state, trial, result);
    if (isAnswered || result.outcome === 'not-posted') await forgetTrial(trial, route, ports);
    if (isAnswered) {
      return reopenedInTime(afterAnswer(state, trial), ports.now());
    }
    state = result.outcome === 'failed' ? afterFailure(state, trial, result) : withoutTrial(state, trial);
    if (waitsForOperator(state.phase) || ports.now() < state.notBeforeMs) break;
  }
  return state;
}

/** A 401, 403 or 410 that only this event gets says that the destination answers. */
function isKnownToBeItsOwn(state: PausedState, { eventId }: Trial, result: TrialResult): boolean {
  const isHalt = result.outcome === 'failed' && result.halt !== undefined;
  return isHalt && state.deliveredSinceHalt && state.suspects.includes(eventId);
}

function withoutTrial(state: PausedState, trial: Trial): PausedState {
  return { ...state, trials: state.trials.filter(({ key }) => key !== trial.key) };
}

function afterAnswer(state: PausedState, trial: Trial): PausedState {
  return {
    ...withoutTrial(state, trial),
    deliveredSinceHalt: state.deliveredSinceHalt || !state.suspects.includes(trial.eventId),
    phase: { ...state.phase, answered: true },
  };
}

/** A destination that has answered is well. After a relapse it is too early: until then the events go one or two a minute. */
function reopenedInTime(state: PausedState, nowMs: number): BreakerState {
  return nowMs < state.phase.reopenNotBeforeMs ? state : halfOpenBreaker(state, nowMs);
}

/** The next one has its turn. */
function afterFailure(
  state: PausedState,
  trial: Trial,
  { error, halt, waitUntilMs = 0 }: Extract<TrialResult, { outcome: 'failed' }>,
): PausedState {
  const { phase } = state;
  const isNewSuspect = halt !== undefined && !state.suspects.includes(trial.eventId);
  return {
    ...state,
    trials: [...withoutTrial(state, trial).trials, trial],
    notBeforeMs: Math.max(state.notBeforeMs, waitUntilMs),
    suspects: isNewSuspect ? withSuspect(state.suspects, trial.eventId) : state.suspects,
    deliveredSinceHalt: isNewSuspect ? false : state.deliveredSinceHalt,
    phase: {
      ...phase,
      // One that fails after another was answered speaks for itself alone.
      reason: phase.answered ? phase.reason : (halt ?? phase.reason),
      error,
      reopenNotBeforeMs: Math.max(phase.reopenNotBeforeMs, waitUntilMs),
      failedTrials: phase.failedTrials + 1,
    },
  };
}

/** With an empty queue there is nothing to be careful about: the next event will tell. */
async function withNothingToTry(state: PausedState, route: WatchedRoute, ports: BreakerPorts): Promise<BreakerState> {
  if (ports.now() < state.phase.reopenNotBeforeMs) return state;
  const { visible, hidden } = await ports.depthOf(route.queueUrl);
  return visible + hidden === 0 ? halfOpenBreaker(state, ports.now()) : state;
}
