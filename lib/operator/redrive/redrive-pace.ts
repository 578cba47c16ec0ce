import type { Clock } from '../../../lambdas/contract/ports.ts';

/** How fast a redrive really is, and how long it has to go. */
export interface RedrivePace {
  /** `19.8/s, 40 s left`; empty while nothing can be said. */
  text(done: number): string;
}

/** The rate is that of so much of the last time: a wait at the beginning shall not spoil the estimate for all of it. */
const windowMs = 15_000;

/** @param rate messages a second that are allowed: the first few come faster, one by one, and say nothing of the rest */
export function measurePace(total: number, rate: number, now: Clock): RedrivePace {
  let marks: readonly { readonly atMs: number; readonly done: number }[] = [{ atMs: now(), done: 0 }];
  return {
    text(done) {
      const atMs = now();
      marks = [...marks.filter((mark) => atMs - mark.atMs <= windowMs), { atMs, done }];
      const [first] = marks;
      if (first === undefined || done === first.done || atMs === first.atMs) return '';
      const perSecond = Math.min(rate, ((done - first.done) * 1_000) / (atMs - first.atMs));
      return `${perSecond.toFixed(1)}/s, ${lengthOfTime((total - done) / perSecond)} left`;
    },
  };
}

/** `40 s`, `12 min`, `3 h`, rounded up. */
export function lengthOfTime(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  if (seconds < 7_200) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.ceil(seconds / 3_600)} h`;
}
