import { setTimeout as sleep } from 'node:timers/promises';

/** The time of a run, which its plans count from. */
export interface RunClock {
  readonly startedAtMs: number;
  /** Resolves so many ms after the start. Rejects when the run is broken off. */
  readonly reach: (atMs: number) => Promise<void>;
}

export function startRunClock(signal: AbortSignal): RunClock {
  const startedAtMs = Date.now();
  return {
    startedAtMs,
    reach: (atMs) => sleep(Math.max(0, startedAtMs + atMs - Date.now()), undefined, { signal }),
  };
}
