import { setTimeout as sleep } from 'node:timers/promises';

export interface DryWait {
  /** How much is still under way. */
  readonly backlog: () => Promise<number>;
  readonly patienceMs: number;
  readonly onLook: (backlog: number) => void;
  readonly signal: AbortSignal;
}

const betweenLooksMs = 1_000;

/** In a row: a message can be on its way from one place to another while it is looked for. */
const dryLooks = 2;

/** @returns what was still under way when patience ran out; 0 when nothing is any more */
export async function waitUntilDry({ backlog, patienceMs, onLook, signal }: DryWait): Promise<number> {
  const deadlineMs = performance.now() + patienceMs;
  for (let dry = 0; ; ) {
    const found = await backlog();
    onLook(found);
    dry = found === 0 ? dry + 1 : 0;
    if (dry === dryLooks || performance.now() > deadlineMs) return found;
    await sleep(betweenLooksMs, undefined, { signal });
  }
}
