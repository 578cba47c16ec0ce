import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, but not beyond the moment at which the command is interrupted: what comes next looks at its signal. Never rejects. */
export type Pause = (milliseconds: number) => Promise<void>;

export function pauseUntil(interrupted: AbortSignal): Pause {
  return (milliseconds) => sleep(milliseconds, undefined, { signal: interrupted }).catch(() => undefined);
}
