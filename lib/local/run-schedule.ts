import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduledEvent } from 'aws-lambda';
import { type Invoke, invocationProblem } from './invocation.ts';
import { localAccount, localRegion } from './name-resources.ts';

export interface ScheduleOptions {
  /** ARN of the rule. */
  readonly arn: string;
  /** From the start to the first invocation, and from each one to the next. */
  readonly everyMs: number;
  readonly invoke: Invoke<ScheduledEvent>;
  /** One line for the terminal when an invocation failed. It is not repeated, as Lambda would: the next one will come. */
  readonly onProblem: (line: string) => void;
}

export interface Schedule {
  /** Invokes the function out of turn, after an invocation that is under way. Resolves when it is over. */
  runNow(): Promise<void>;
  /** Lets no further invocation begin. Resolves when the last one is over. */
  stop(): Promise<void>;
}

/** Invokes a function at fixed times, as EventBridge does, but never while it is still at work for the time before. */
export function startSchedule({ arn, everyMs, invoke, onProblem }: ScheduleOptions): Schedule {
  const stopping = new AbortController();
  let last = Promise.resolve();

  function runNow(): Promise<void> {
    last = last.then(async () => {
      if (stopping.signal.aborted) return;
      const problem = invocationProblem(await invoke(scheduledEvent(arn, Date.now())));
      if (problem !== undefined) onProblem(`schedule ${arn}: ${problem}`);
    });
    return last;
  }

  const pause = () => sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});

  async function keepTime(): Promise<void> {
    await pause();
    while (!stopping.signal.aborted) await Promise.all([runNow(), pause()]);
  }

  const keeping = keepTime();
  return {
    runNow,
    stop: async () => {
      stopping.abort();
      await keeping;
      await last;
    },
  };
}

/** What EventBridge hands to the target of a schedule. */
function scheduledEvent(ruleArn: string, nowMs: number): ScheduledEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: localAccount,
    // To the second, as EventBridge writes it.
    time: new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: localRegion,
    resources: [ruleArn],
    detail: {},
  };
}
