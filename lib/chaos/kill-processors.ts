import type { SQSEvent } from 'aws-lambda';
import type { Crash } from '../local/invocation.ts';
import { planCrash } from './plan-crash.ts';
import { eventIdsOf } from './watch-relay.ts';

export interface KillListeners {
  /** These events are to be in the destination's hands when their processor dies. */
  readonly onHold: (eventIds: readonly string[]) => void;
  /** The processor dies that has just been handed these events. */
  readonly onKill: (eventIds: readonly string[]) => void;
}

/** Kills the processors of the planned batches. */
export function killProcessors(seed: number, { onHold, onKill }: KillListeners): (event: SQSEvent) => Crash {
  let batch = 0;
  return (event) => {
    const crash = planCrash(seed, batch++);
    if (crash === undefined) return false;
    const eventIds = eventIdsOf(event);
    onKill(eventIds);
    if (crash.kind === 'at-once') return true;
    onHold(eventIds);
    return { afterMs: crash.afterMs };
  };
}
