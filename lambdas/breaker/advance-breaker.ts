import type { BreakerSettings } from '../contract/breaker-settings.ts';
import type { BreakerState } from '../contract/breaker-state.ts';
import type { MappingSwitch } from '../contract/ports.ts';
import { noCounts } from './judge-counts.ts';
import { openPhase } from './open-breaker.ts';
import { type Flow, rampFlow } from './ramp.ts';

/** A minute's tick comes a little early now and then: a step is not put off for a whole minute because of that. */
const tickTolerance = 0.75;

/** One tick of a route that is being reopened: a step further, if nothing spoke against it since the last one. */
export function advanceRamp(
  state: BreakerState,
  nowMs: number,
  settings: BreakerSettings,
  maxConcurrency: number,
): BreakerState {
  const { phase } = state;
  if (phase.kind !== 'half-open' && phase.kind !== 'ramping') return state;
  if (nowMs - phase.sinceMs < settings.tickSeconds * 1_000 * tickTolerance) return state;
  // An idle route goes on, too: there is nothing to protect anybody from, and the next failures pause it again.
  const hasOnlyFailed = phase.counts.failures > 0 && phase.counts.failures === phase.counts.attempts;
  if (phase.kind === 'half-open' && hasOnlyFailed) return state;
  const step = phase.kind === 'half-open' ? 1 : phase.step + 1;
  const { counts } = phase;
  const next = { ...state, version: state.version + 1 };
  return rampFlow(step, maxConcurrency).full
    ? { ...next, heldBackSinceMs: 0, phase: { kind: 'closed', counts } }
    : { ...next, phase: { kind: 'ramping', step, sinceMs: nowMs, counts } };
}

/** The first events may go, a few at a time. */
export function halfOpenBreaker(state: BreakerState, nowMs: number): BreakerState {
  return {
    ...state,
    version: state.version + 1,
    phase: { kind: 'half-open', sinceMs: nowMs, counts: noCounts(nowMs) },
  };
}

/**
 * `relay route pause`: until it is resumed. A route that is paused already stays paused since then.
 */
export function pauseByOperator(state: BreakerState, nowMs: number): BreakerState {
  const { phase } = state;
  return {
    ...state,
    version: state.version + 1,
    heldBackSinceMs: state.heldBackSinceMs === 0 ? nowMs : state.heldBackSinceMs,
    phase: phase.kind === 'open' ? { ...phase, reason: 'operator' } : openPhase('operator', nowMs),
  };
}

/**
 * `relay route resume`: half-open at once, whatever the destination asked for. If it is still down, its first three
 * failures pause the route again.
 */
export function resumeByOperator(state: BreakerState, nowMs: number): BreakerState {
  return { ...halfOpenBreaker(state, nowMs), notBeforeMs: 0, relapses: 0 };
}

/**
 * What the event source mapping of a route should be.
 *
 * @param evacuating whether a paused route is emptied, which posts nothing and can use every processor there is
 */
export function wantedMapping({ phase }: BreakerState, maxConcurrency: number, evacuating: boolean): MappingSwitch {
  const on = ({ concurrency }: Flow): MappingSwitch => ({ enabled: true, concurrency });
  switch (phase.kind) {
    case 'open':
      return evacuating ? { enabled: true, concurrency: maxConcurrency } : { enabled: false };
    case 'half-open':
      return on(rampFlow(0, maxConcurrency));
    case 'ramping':
      return on(rampFlow(phase.step, maxConcurrency));
    case 'closed':
      return { enabled: true, concurrency: maxConcurrency };
  }
}
