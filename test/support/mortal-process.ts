import { hangs } from './fail-calls.ts';

/** Just before a call has its effect, or just after it, with the answer lost. */
export interface FatalMoment {
  /** Who makes the call: `processor`, `breaker`, … */
  readonly process: string;
  readonly call: string;
  readonly when: 'before' | 'after';
}

/** One invocation of a function, which can die at each of its calls. */
export interface MortalProcess {
  /** A port's call as this process makes it. */
  mortal<Args extends readonly unknown[], Result>(
    call: string,
    effect: (...args: Args) => Promise<Result>,
  ): (...args: Args) => Promise<Result>;
  /** Ends with the result or with the crash. Nothing of a dead process happens any more: its calls never settle. */
  run<Result>(work: () => Promise<Result>): Promise<Result | 'crashed'>;
  /** Ends it from outside, as Lambda does at the timeout. */
  kill(): void;
}

export function mortalProcess(process: string, diesAt: (moment: FatalMoment) => boolean): MortalProcess {
  const { promise: crashed, resolve: crash } = Promise.withResolvers<'crashed'>();
  let dead = false;

  function kill(): void {
    dead = true;
    crash('crashed');
  }

  return {
    kill,
    mortal:
      (call, effect) =>
      async (...args) => {
        if (!dead && diesAt({ process, call, when: 'before' })) kill();
        if (dead) return hangs();
        const result = await effect(...args);
        if (!dead && diesAt({ process, call, when: 'after' })) kill();
        return dead ? hangs() : result;
      },
    run: (work) => Promise.race([work(), crashed]),
  };
}
