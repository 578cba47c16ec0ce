import type { OutagePhase, Trouble, Victim } from './plan-outages.ts';
import type { RunClock } from './run-clock.ts';

/** Begins an outage of something, changes its kind, or ends it. */
export type Suffer = (victim: Victim, trouble: Trouble | 'none') => Promise<void>;

/** Lets the outages happen as planned. Resolves after the last one. */
export async function sufferOutages(outages: readonly OutagePhase[], suffer: Suffer, clock: RunClock): Promise<void> {
  for (const [index, { victim, trouble, fromMs, untilMs }] of outages.entries()) {
    await clock.reach(fromMs);
    await suffer(victim, trouble);
    await clock.reach(untilMs);
    if (outages[index + 1]?.victim !== victim) await suffer(victim, 'none');
  }
}
