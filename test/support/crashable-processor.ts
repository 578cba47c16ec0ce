import type { HideMessage } from '../../lambdas/contract/ports.ts';
import type { ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import { hangs } from './fail-calls.ts';

/** A call that the processor makes to the world. */
export type PortName =
  | 'claim'
  | 'load'
  | 'credentials'
  | 'post'
  | 'recordDelivered'
  | 'handBack'
  | 'recordRetry'
  | 'recordFailed'
  | 'sendToDeadLetters'
  | 'hide';

/** Just before a call has its effect, or just after it, with the answer lost. */
export interface Moment {
  readonly port: PortName;
  /** From 1, over all calls of all invocations. */
  readonly call: number;
  readonly when: 'before' | 'after';
}

export interface CrashableProcessor {
  /** Runs one invocation, which ends with its result or with the crash. */
  invoke<Result>(run: (context: ProcessorContext, hide: HideMessage) => Promise<Result>): Promise<Result | 'crashed'>;
}

/**
 * A processor that can die at each of its calls. The core catches every error, as a dead process would not: so the
 * call at which it dies simply never settles, and nothing of that invocation happens any more.
 */
export function crashableProcessor(
  context: ProcessorContext,
  hide: HideMessage,
  crashesAt: (moment: Moment) => boolean,
): CrashableProcessor {
  let calls = 0;
  let crash = () => {};

  function die(): Promise<never> {
    crash();
    return hangs();
  }

  function mortal<Args extends readonly unknown[], Result>(port: PortName, effect: (...args: Args) => Promise<Result>) {
    return async (...args: Args): Promise<Result> => {
      calls += 1;
      const call = calls;
      if (crashesAt({ port, call, when: 'before' })) return die();
      const result = await effect(...args);
      return crashesAt({ port, call, when: 'after' }) ? die() : result;
    };
  }

  const { records, payloads } = context;
  const mortalContext: ProcessorContext = {
    ...context,
    records: {
      claim: mortal('claim', records.claim),
      recordDelivered: mortal('recordDelivered', records.recordDelivered),
      handBack: mortal('handBack', records.handBack),
      recordRetry: mortal('recordRetry', records.recordRetry),
      recordFailed: mortal('recordFailed', records.recordFailed),
    },
    payloads: { ...payloads, get: mortal('load', payloads.get) },
    credentials: mortal('credentials', context.credentials),
    post: mortal('post', context.post),
    sendToDeadLetters: mortal('sendToDeadLetters', context.sendToDeadLetters),
  };

  return {
    invoke(run) {
      const crashed = new Promise<'crashed'>((resolve) => {
        crash = () => resolve('crashed');
      });
      return Promise.race([run(mortalContext, mortal('hide', hide)), crashed]);
    },
  };
}
