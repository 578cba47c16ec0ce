import { type BreakerState, isPaused } from '../contract/breaker-state.ts';
import { describeError } from '../contract/errors.ts';
import { advanceRamp, wantedMapping } from './advance-breaker.ts';
import type { BreakerPorts, WatchedRoute } from './breaker-ports.ts';
import { deliverTrials } from './deliver-trials.ts';
import { evacuates } from './gate.ts';
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
  // A paused route's mapping is switched off before its trial, which takes a while: until then it burns receives.
  if (isPaused(stored)) await switchMapping(stored, route, ports);
  const next = isPaused(stored)
    ? await tryPausedRoute(stored, route, ports)
    : await lookAfterPassing(stored, route, ports);
  const state = next === stored ? stored : await store(stored, next, route, ports);
  if (!isPaused(state) || !isPaused(stored)) await switchMapping(state, route, ports);
  return state;
}

async function lookAfterPassing(stored: BreakerState, route: WatchedRoute, ports: BreakerPorts): Promise<BreakerState> {
  const state = stored.trials.length === 0 ? stored : await deliverOrKeep(stored, route, ports);
  return advanceRamp(state, ports.now(), ports.settings, route.maxConcurrency);
}

/** A bucket that is down must not hold up the ramp: the copies can wait, and in the end their originals come back. */
async function deliverOrKeep(stored: BreakerState, route: WatchedRoute, ports: BreakerPorts): Promise<BreakerState> {
  try {
    return await deliverTrials(stored, route, ports);
  } catch (error) {
    const during = 'delivering the copies of a pause';
    ports.log({ step: 'fault', route: route.name, during, error: describeError(error) });
    return stored;
  }
}

/** A processor, or an operator, may have changed it since: then theirs holds, and the next tick goes on from there. */
async function store(
  stored: BreakerState,
  next: BreakerState,
  route: WatchedRoute,
  { states, log }: BreakerPorts,
): Promise<BreakerState> {
  // One change a tick, of however many steps.
  const changed = { ...next, version: stored.version + 1 };
  const written = await states.replace(route.name, changed);
  if (written !== 'written') return written;
  if (next.phase.kind !== stored.phase.kind) {
    log({ step: 'breaker', route: route.name, from: stored.phase.kind, to: next.phase.kind });
  }
  return changed;
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
