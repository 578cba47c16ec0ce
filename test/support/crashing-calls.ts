import { hangs } from './fail-calls.ts';

/** Just before a call has its effect, or just after it, with the answer lost. */
export interface CrashPoint<Call extends string> {
  readonly call: Call;
  readonly when: 'before' | 'after';
}

export interface CrashingCalls<Call extends string> {
  /** A port's call that the process can die at. */
  mortal<Args extends readonly unknown[], Result>(
    call: Call,
    effect: (...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result>;
  /** Runs one invocation, which ends with its result or with the crash. */
  invoke<Result>(run: () => Promise<Result>): Promise<Result | 'crashed'>;
}

/**
 * Calls of a function that dies once, the first time it comes to a point. The cores catch every error, as a dead process
 * would not: so the call at which it dies never settles, and nothing of that invocation happens any more.
 */
export function crashingCalls<Call extends string>(point: CrashPoint<Call>): CrashingCalls<Call> {
  const { promise: crashed, resolve: crash } = Promise.withResolvers<'crashed'>();
  let dead = false;

  function die(): Promise<never> {
    dead = true;
    crash('crashed');
    return hangs();
  }

  return {
    mortal:
      (call, effect) =>
      async (...args) => {
        const dies = !dead && call === point.call;
        if (dies && point.when === 'before') return die();
        const result = await effect(...args);
        return dies ? die() : result;
      },
    invoke: (run) => Promise.race([run(), crashed]),
  };
}
