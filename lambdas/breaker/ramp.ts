import { largestBatch, smallestConcurrency } from '../contract/aws-limits.ts';

/** How much of a route may be under way at one time. */
export interface Flow {
  /** Processors at work: `MaximumConcurrency` of the event source mapping. */
  readonly concurrency: number;
  /** Events that each of them posts side by side. */
  readonly width: number;
}

/** From one step to the next the destination gets four times as many POSTs at once: from 2 to 1,000 in five minutes. */
const growth = 4;

/**
 * The flow of a route that is being reopened.
 *
 * @param step 0 is half-open: the fewest processors that Lambda allows, each posting one event at a time
 * @returns `full` once it is all that the config allows
 */
export function rampFlow(step: number, maxConcurrency: number): Flow & { readonly full: boolean } {
  const most = maxConcurrency * largestBatch;
  const posts = Math.min(most, smallestConcurrency * growth ** step);
  const width = Math.min(largestBatch, Math.floor(posts / smallestConcurrency));
  const concurrency = Math.max(smallestConcurrency, Math.floor(posts / width));
  return { concurrency, width, full: posts === most };
}
