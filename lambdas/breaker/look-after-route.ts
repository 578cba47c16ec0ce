import { type BreakerState, isPaused, type PausedState } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { advanceRamp, halfOpenBreaker, wantedMapping } from './advance-breaker.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { evacuates } from './gate.ts';
import { gatherTrials } from './gather-trials.ts';
import { waitsForOperator } from './open-breaker.ts';
import { returnTrials } from './return-trials.ts';
import { storeBreaker } from './store-breaker.ts';
import { tryPausedRoute } from './try-paused-route.ts';

/**
 * One tick of a route: moves its breaker on, and makes its event source mapping what the breaker wants.
 *
 * State first, mapping second. A crash between the two, a processor that changed the state meanwhile, or a mapping that
 * Lambda is still switching leave a difference, which the next tick finds and mends: it compares the mapping with the
 * state each time, also for a route that nothing is wrong with.
 *
 * @returns the state as it is stored after the tick
 * @throws ServiceUnavailableError when a service cannot be used: the next tick tries again
 */
export async function lookAfterRoute(route: WatchedRoute, ports: BreakerPorts): Promise<BreakerState> {
  const stored = await ports.states.read(route.name);
  if (!isPaused(stored)) {
    const passing = await lookAfterPassing(stored, route, ports);
    await switchMapping(passing, route, ports);
    return passing;
  }
  // Switched off before the trials, which take a while: until then the mapping burns receives.
  await switchMapping(stored, route, ports);
  const state = await lookAfterPaused(stored, route, ports);
  if (!isPaused(state)) await switchMapping(state, route, ports);
  return state;
}

async function lookAfterPaused(stored: PausedState, route: WatchedRoute, ports: BreakerPorts): Promise<BreakerState> {
  const { phase, notBeforeMs } = stored;
  const nowMs = ports.now();
  if (waitsForOperator(phase) || nowMs < notBeforeMs) return stored;
  if (phase.answered && nowMs >= phase.reopenNotBeforeMs) {
    return storeBreaker(stored, halfOpenBreaker(stored, nowMs), route, ports);
  }
  const gathered = await gatherTrials(stored, route, ports);
  // Somebody was faster: the next tick sees what is to be done now.
  if (!isPaused(gathered) || waitsForOperator(gathered.phase)) return gathered;
  return storeBreaker(gathered, await tryPausedRoute(gathered, route, ports), route, ports);
}

async function lookAfterPassing(stored: BreakerState, route: WatchedRoute, ports: BreakerPorts): Promise<BreakerState> {
  const state = stored.trials.length === 0 ? stored : await returnOrKeep(stored, route, ports);
  const next = advanceRamp(state, ports.now(), ports.settings, route.maxConcurrency);
  return storeBreaker(stored, next, route, ports);
}

/** A bucket that is down must not hold up the ramp: the copies can wait, and in the end their originals come back. */
async function returnOrKeep(stored: BreakerState, route: WatchedRoute, ports: BreakerPorts): Promise<BreakerState> {
  try {
    return await returnTrials(stored, route, ports);
  } catch (error) {
    const during = 'showing what was hidden for trials';
    ports.log({ step: 'fault', route: route.name, during, error: describeError(error) });
    return stored;
  }
}

async function switchMapping(state: BreakerState, route: WatchedRoute, ports: BreakerPorts): Promise<void> {
  const evacuating = evacuates(state, ports.now(), ports.queueRetentionMs);
  const wanted = wantedMapping(state, route.maxConcurrency, evacuating);
  const actual = await ports.mappings.read(route.mappingId);
  if (actual === 'changing') return;
  const differs =
    actual.enabled !== wanted.enabled ||
    (actual.enabled && wanted.enabled && actual.concurrency !== wanted.concurrency);
  if (differs) await ports.mappings.apply(route.mappingId, wanted);
}
