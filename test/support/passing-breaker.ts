import { largestBatch } from '../../lambdas/contract/aws-limits.ts';
import type { RouteBreaker } from '../../lambdas/processor/route-breaker.ts';

/** The breaker of a route that nothing pauses, for what has to be seen without one. */
export const passingBreaker: RouteBreaker = {
  gate: async () => ({ kind: 'pass', width: largestBatch, counts: true }),
  observe: () => 'destination',
  report: async () => 'passing',
  hasCopyOf: () => false,
};
