import { setImmediate } from 'node:timers/promises';
import { startMs } from './settable-clock.ts';

/** Time that passes only as fast as there is something to do in it: hours take milliseconds. */
export interface VirtualTime {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Runs something at a moment; at once, should that have passed. */
  at(momentMs: number, run: () => void): void;
  /** Lets everything happen that is due until then. */
  runUntil(momentMs: number): Promise<void>;
  /** The same until a condition holds, but no longer than until that moment. */
  runUntilTrue(holds: () => boolean, latestMs: number): Promise<boolean>;
}

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

export function virtualTime(): VirtualTime {
  let nowMs = startMs;
  /** The latest first, so that the next one is popped from the end. */
  const timers: Timer[] = [];

  function at(momentMs: number, run: () => void): void {
    // Whole milliseconds, as clocks and timers have them: a webhook received at a fraction of one could not be read again.
    const atMs = Math.ceil(Math.max(momentMs, nowMs));
    let index = timers.length;
    // Of two timers for one moment the one that was set first runs first.
    while (index > 0 && (timers[index - 1]?.atMs ?? 0) <= atMs) index -= 1;
    timers.splice(index, 0, { atMs, run });
  }

  async function step(latestMs: number): Promise<boolean> {
    // Everything that is simulated consists of promises that nothing but a timer holds up: one turn settles them all.
    await setImmediate();
    const next = timers.at(-1);
    if (next === undefined || next.atMs > latestMs) return false;
    timers.pop();
    nowMs = next.atMs;
    next.run();
    return true;
  }

  return {
    now: () => nowMs,
    sleep: (milliseconds) => new Promise((resolve) => at(nowMs + milliseconds, resolve)),
    at,
    async runUntil(momentMs) {
      while (await step(momentMs));
      nowMs = Math.max(nowMs, momentMs);
    },
    async runUntilTrue(holds, latestMs) {
      while (!holds()) {
        if (!(await step(latestMs))) return holds();
      }
      return true;
    },
  };
}
