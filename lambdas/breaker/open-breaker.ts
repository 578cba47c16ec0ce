import type { BreakerSettings } from '../contract/breaker-settings.ts';
import type { BreakerState, OpenPhase, PauseReason } from '../contract/breaker-state.ts';

/** Why a route is to be paused. */
export interface Pause {
  readonly reason: PauseReason;
  readonly error?: string | undefined;
  /** No trial before this moment. */
  readonly waitUntilMs?: number | undefined;
}

/** Pauses a route. One that was only just reopened is paused for longer: each relapse doubles the time. */
export function openBreaker(state: BreakerState, pause: Pause, nowMs: number, settings: BreakerSettings): BreakerState {
  const { reason, error, waitUntilMs = 0 } = pause;
  const relapses = relapsesOf(state, reason);
  const pauseSeconds = Math.min(settings.longestPauseSeconds, settings.pauseSeconds * 2 ** relapses);
  // A destination that has named the moment is not made to wait beyond it.
  const earliestMs = reason === 'asked-to-wait' ? nowMs : nowMs + pauseSeconds * 1_000;
  const phase: OpenPhase = {
    ...openPhase(reason, nowMs),
    ...(error === undefined ? {} : { error }),
    reopenNotBeforeMs: Math.max(earliestMs, waitUntilMs),
  };
  return {
    version: state.version + 1,
    phase,
    notBeforeMs: Math.max(state.notBeforeMs, waitUntilMs),
    relapses,
    heldBackSinceMs: state.heldBackSinceMs === 0 ? nowMs : state.heldBackSinceMs,
    trials: state.trials,
    lastDeliveredAtMs: state.lastDeliveredAtMs,
  };
}

/** A route that got no further than its first events has relapsed, unless the destination only asked for a wait. */
function relapsesOf({ phase, relapses }: BreakerState, reason: PauseReason): number {
  if (phase.kind !== 'half-open') return 0;
  return reason === 'asked-to-wait' ? relapses : relapses + 1;
}

/** The beginning of a pause: nothing was tried yet. */
export function openPhase(reason: PauseReason, nowMs: number): OpenPhase {
  return {
    kind: 'open',
    reason,
    sinceMs: nowMs,
    reopenNotBeforeMs: nowMs,
    failedTrials: 0,
    answered: false,
    vainLooks: 0,
    furtherLooks: 0,
  };
}

/** The reasons that nothing but `relay route resume` ends. */
export function waitsForOperator({ reason }: OpenPhase): boolean {
  return reason === 'operator' || reason === 'gone';
}
