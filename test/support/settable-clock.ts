import type { Clock } from '../../lambdas/contract/ports.ts';

/** Epoch milliseconds at which the time of the tests begins: 2026-03-04T10:15:22.417Z. */
export const startMs = 1_772_619_322_417;

/** A clock that stands still until it is told otherwise. */
export interface SettableClock {
  readonly now: Clock;
  advance(milliseconds: number): void;
  /** Never backwards: a moment in the past leaves it where it is. */
  moveTo(momentMs: number): void;
}

export function settableClock(): SettableClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (milliseconds) => {
      nowMs += milliseconds;
    },
    moveTo: (momentMs) => {
      nowMs = Math.max(nowMs, momentMs);
    },
  };
}
