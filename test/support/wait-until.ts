import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for a condition.
 *
 * @throws Error that names what was waited for, when it has not come true after 5 s
 */
export async function waitUntil(what: string, holds: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain: ${what}`);
    await sleep(5);
  }
}
