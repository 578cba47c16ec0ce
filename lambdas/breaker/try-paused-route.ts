import type { BreakerState, PausedState, Trial } from '../contract/breaker-state.ts';
import type { TrialResult } from '../contract/trial-call.ts';
import { halfOpenBreaker } from './advance-breaker.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { waitsForOperator } from './open-breaker.ts';
import { tryWith } from './try-with.ts';

/** Events that are posted to a destination in one tick, so that one bad event alone does not keep a route paused. */
const mostInOneTick = 2;

/**
 * One tick's trials of a paused route: tries the destination with copies of events, and opens the route if one is
 * answered well.
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
  if (paused.trials.length === 0) return withNothingToTry(paused, route, ports);
  let state = paused;
  const seen = new Set<string>();
  let posted = 0;
  while (posted < mostInOneTick) {
    const [trial] = state.trials;
    if (trial === undefined || seen.has(trial.key)) break;
    seen.add(trial.key);
    const result = await tryWith(trial, state, route, ports);
    switch (result.outcome) {
      case 'unknown':
        // It may be this event that nothing can be learned from, as when its body kills the processor.
        return state.trials.length === 1 ? state : withLastTurn(state, trial);
      case 'answered':
        return reopenedInTime(afterAnswer(state, trial, result, ports.now()), ports.now());
      case 'not-posted':
        state = withoutTrial(state, trial);
        break;
      case 'failed':
        posted += 1;
        state = afterFailure(state, trial, result);
        if (waitsForOperator(state.phase) || ports.now() < state.notBeforeMs) return state;
    }
  }
  return state;
}

function withoutTrial(state: PausedState, trial: Trial): PausedState {
  return { ...state, trials: state.trials.filter(({ key }) => key !== trial.key) };
}

function withLastTurn(state: PausedState, trial: Trial): PausedState {
  return { ...state, trials: [...withoutTrial(state, trial).trials, trial] };
}

function afterAnswer(
  state: PausedState,
  trial: Trial,
  { delivered }: Extract<TrialResult, { outcome: 'answered' }>,
  nowMs: number,
): PausedState {
  return {
    ...withoutTrial(state, trial),
    lastDeliveredAtMs: delivered ? nowMs : state.lastDeliveredAtMs,
    phase: { ...state.phase, answered: true },
  };
}

/** A destination that has answered is well. After a relapse it is too early: until then the events go one or two a minute. */
function reopenedInTime(state: PausedState, nowMs: number): BreakerState {
  return nowMs < state.phase.reopenNotBeforeMs ? state : halfOpenBreaker(state, nowMs);
}

function afterFailure(
  state: PausedState,
  trial: Trial,
  { error, blames, halt, waitUntilMs = 0 }: Extract<TrialResult, { outcome: 'failed' }>,
): PausedState {
  const { phase } = state;
  // One that fails after another was answered speaks for itself alone.
  const news = blames === 'event' || phase.answered ? {} : { error, reason: halt ?? phase.reason };
  return {
    ...withLastTurn(state, trial),
    notBeforeMs: Math.max(state.notBeforeMs, waitUntilMs),
    phase: {
      ...phase,
      ...news,
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
