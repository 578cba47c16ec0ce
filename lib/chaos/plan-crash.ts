import { keyedRandom } from './keyed-random.ts';

/** How a processor dies that has a batch in its hands. */
export type PlannedCrash =
  | { readonly kind: 'at-once' }
  /** While the destination has its events: it is to hold them for so long that the process does not get its answers. */
  | { readonly kind: 'in-mid-post'; readonly afterMs: number };

/** Of so many batches one is killed. */
const batchesPerCrash = 100;

/** How long a destination holds the POSTs of a batch that is to be killed in the middle of them. */
export const heldPostMs = 500;

/** @param batch its number in the run, from 0 */
export function planCrash(seed: number, batch: number): PlannedCrash | undefined {
  const hundred = Math.floor(batch / batchesPerCrash);
  const random = keyedRandom(seed, 'crash', hundred);
  if (batch % batchesPerCrash !== random.between(0, batchesPerCrash - 1)) return undefined;
  return random.between(1, 3) === 1
    ? { kind: 'at-once' }
    : { kind: 'in-mid-post', afterMs: random.between(50, heldPostMs) };
}
