import { largestBatch } from '../contract/aws-limits.ts';
import type { BreakerState } from '../contract/breaker-state.ts';
import { rampFlow } from './ramp.ts';

/** What a processor may do with a batch. */
export type Gate =
  | {
      readonly kind: 'pass';
      /** Events to post side by side. */
      readonly width: number;
      /** Whether a failed attempt uses up one of the event's. The first events after a pause are trials. */
      readonly counts: boolean;
    }
  /** The destination asked for a moment's peace. */
  | { readonly kind: 'wait'; readonly untilMs: number }
  /** Paused: the event source mapping is off, or about to be. */
  | { readonly kind: 'shut'; readonly evacuates: boolean };

/** What the state of a route's breaker means for its processors. */
export function gateOf(
  state: BreakerState,
  nowMs: number,
  route: { readonly maxConcurrency: number; readonly queueRetentionMs: number },
): Gate {
  const { phase } = state;
  if (phase.kind === 'open') return { kind: 'shut', evacuates: evacuates(state, nowMs, route.queueRetentionMs) };
  if (state.notBeforeMs > nowMs) return { kind: 'wait', untilMs: state.notBeforeMs };
  switch (phase.kind) {
    case 'closed':
      return { kind: 'pass', width: largestBatch, counts: true };
    case 'half-open':
      return { kind: 'pass', width: rampFlow(0, route.maxConcurrency).width, counts: false };
    case 'ramping':
      return { kind: 'pass', width: rampFlow(phase.step, route.maxConcurrency).width, counts: true };
  }
}

/**
 * Whether a route is paused for so long that SQS would before long delete what waits for it, and tell nobody. Its mapping
 * is then on again, and all that waits becomes dead letters, which have 14 days more. At half the retention, because
 * some messages may have waited before the pause.
 */
export function evacuates({ phase, heldBackSinceMs }: BreakerState, nowMs: number, queueRetentionMs: number): boolean {
  return phase.kind === 'open' && nowMs - heldBackSinceMs >= queueRetentionMs / 2;
}
