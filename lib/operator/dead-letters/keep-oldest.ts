import type { DeadLetter } from './dead-letter.ts';
import { oldestFirst } from './find-dead-letters.ts';

/** The oldest few of any number of dead letters. */
export interface OldestDeadLetters {
  add(deadLetter: DeadLetter): void;
  /** How many were added. */
  total(): number;
  list(): readonly DeadLetter[];
}

export function keepOldest(most: number): OldestDeadLetters {
  let total = 0;
  let kept: DeadLetter[] = [];
  const cut = (): void => {
    kept = kept.toSorted(oldestFirst).slice(0, most);
  };
  return {
    add(deadLetter) {
      total++;
      kept.push(deadLetter);
      // Sorting at each one would cost more than the room for as many again.
      if (kept.length >= 2 * most) cut();
    },
    total: () => total,
    list: () => {
      cut();
      return kept;
    },
  };
}
