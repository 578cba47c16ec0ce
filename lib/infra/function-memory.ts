import type { FunctionStep } from '../bundle/function-steps.ts';

/** Memory of each function, which on Lambda is processor time too. It is deployed, and bills are worked out with it. */
export const functionMegabytes: Readonly<Record<FunctionStep, number>> = {
  ingest: 512,
  processor: 256,
  breaker: 256,
  sweeper: 256,
  peeker: 256,
};
