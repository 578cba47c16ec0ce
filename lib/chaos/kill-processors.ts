import type { SQSEvent } from 'aws-lambda';
import { attributeNames } from '../../lambdas/contract/message-attributes.ts';
import type { Crash } from '../local/invocation.ts';
import { planCrash } from './plan-crash.ts';

export interface KillListeners {
  /** These events are to be in the destination's hands when their processor dies. */
  readonly onHold: (eventIds: readonly string[]) => void;
  /** The processor that has these events in its hands dies so many milliseconds from now. */
  readonly onKill: (eventIds: readonly string[], afterMs: number) => void;
}

/** Kills the processors of the planned batches. */
export function killProcessors(seed: number, { onHold, onKill }: KillListeners): (event: SQSEvent) => Crash {
  let batch = 0;
  return (event) => {
    const crash = planCrash(seed, batch++);
    if (crash === undefined) return false;
    const eventIds = event.Records.flatMap(
      ({ messageAttributes }) => messageAttributes[attributeNames.eventId]?.stringValue ?? [],
    );
    if (crash.kind === 'at-once') {
      onKill(eventIds, 0);
      return true;
    }
    onHold(eventIds);
    onKill(eventIds, crash.afterMs);
    return { afterMs: crash.afterMs };
  };
}
