import type { FatalMoment } from './mortal-process.ts';

/** Death at one call, the first time that it is made once it has been armed. */
export interface DiesOnce {
  readonly diesAt: (moment: FatalMoment) => boolean;
  /** From now on the process can die. */
  arm(): void;
  /** Whether it has died. */
  readonly happened: boolean;
}

export function diesOnce(at: FatalMoment): DiesOnce {
  let armed = false;
  let happened = false;
  return {
    diesAt({ process, call, when }) {
      if (!armed || happened || process !== at.process || call !== at.call || when !== at.when) return false;
      happened = true;
      return true;
    },
    arm() {
      armed = true;
    },
    get happened() {
      return happened;
    },
  };
}
