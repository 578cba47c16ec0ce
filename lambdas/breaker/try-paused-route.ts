import type { BreakerState, PausedState, Trial } from '../contract/breaker-state.ts';
import { readTrialMessage } from '../contract/parked-message.ts';
import type { TrialResult } from '../contract/trial-call.ts';
import { halfOpenBreaker } from './advance-breaker.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { waitsForOperator, withSuspect } from './open-breaker.ts';
import { exchangeTrial, pickTrial } from './pick-trial.ts';

/** Events tried in one tick, where the ones before turn out to be settled already, or to fail alone. */
const mostCandidates = 3;

/**
 * One tick of a paused route: tries the destination with a copy of one event, and opens the route if it answers well.
 *
 * The copy is why a long outage costs no receives: the original stays on the queue untouched, and if the copy is
 * delivered, the delivery record lets the original pass without a POST. Once a minute is no burden to a destination,
 * and so the first event is delivered within a minute of its recovery.
 *
 * A crash after the trial was answered and before the state is stored leaves a copy of a settled event: the next tick
 * finds that, and takes another.
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
  let state = paused;
  for (let candidate = 0; candidate < mostCandidates; candidate++) {
    const trial = state.phase.trial ?? (await pickTrial(route, ports));
    if (trial === undefined) return withNothingToTry(state, route, ports);
    const result = await tryWith(trial, route, ports);
    switch (result.outcome) {
      case 'answered':
        await ports.parked.delete(trial.key);
        return afterAnswer(withTrial(state, undefined), trial, ports.now());
      case 'unknown':
        return state.phase.trial === trial ? state : withTrial(state, trial);
      case 'not-posted':
        await ports.parked.delete(trial.key);
        state = withTrial(state, undefined);
        break;
      case 'failed': {
        state = afterFailure(withTrial(state, trial), trial, result);
        const exchanged = await exchangeTrial(state, trial, route, ports);
        if (exchanged === undefined) return state;
        state = exchanged;
      }
    }
  }
  return state;
}

async function tryWith(trial: Trial, route: WatchedRoute, ports: BreakerPorts): Promise<TrialResult> {
  const text = await ports.parked.get(trial.key);
  const message = text === 'missing' ? undefined : readTrialMessage(text);
  // A copy that is gone, or makes no sense, is as good as none: another is picked.
  const result: TrialResult =
    message === undefined ? { outcome: 'not-posted' } : await ports.tryDestination(route.processorName, message);
  const error = 'error' in result ? { error: result.error } : {};
  ports.log({ step: 'trial', route: route.name, eventId: trial.eventId, outcome: result.outcome, ...error });
  return result;
}

function withTrial(state: PausedState, trial: Trial | undefined): PausedState {
  const { trial: _before, ...phase } = state.phase;
  return { ...state, phase: trial === undefined ? phase : { ...phase, trial } };
}

function afterAnswer(state: PausedState, trial: Trial, nowMs: number): BreakerState {
  const deliveredSinceHalt = state.deliveredSinceHalt || !state.suspects.includes(trial.eventId);
  const answered = { ...state, deliveredSinceHalt };
  // Too early after a relapse: until then the events go one a minute.
  return nowMs < state.phase.reopenNotBeforeMs ? answered : halfOpenBreaker(answered, nowMs);
}

function afterFailure(
  state: PausedState,
  trial: Trial,
  { error, halt, waitUntilMs = 0 }: Extract<TrialResult, { outcome: 'failed' }>,
): PausedState {
  const { phase } = state;
  const isNewSuspect = halt !== undefined && !state.suspects.includes(trial.eventId);
  return {
    ...state,
    notBeforeMs: Math.max(state.notBeforeMs, waitUntilMs),
    suspects: isNewSuspect ? withSuspect(state.suspects, trial.eventId) : state.suspects,
    phase: {
      ...phase,
      reason: halt ?? phase.reason,
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
