import { largestBatch } from '../../lambdas/contract/aws-limits.ts';

/** What is to be billed. */
export interface Workload {
  readonly events: number;
  /** Of a webhook's body that is not offloaded. */
  readonly eventBytes: number;
  /** Share of events whose body goes to S3, from 0 to 1. */
  readonly offloadedShare: number;
  /** Share of events whose first attempt fails, and whose second does not. */
  readonly failingShare: number;
  /** How long the destination takes to answer. */
  readonly destinationMs: number;
  readonly routes: number;
}

/** How the relay is built, and how it might be. */
export interface Design {
  readonly name: string;
  readonly batchSize: number;
  readonly api: 'http' | 'rest';
  /** Log lines of a kilobyte for each event, beside those that the relay writes. */
  readonly moreLogLines: number;
}

export const defaultDesign: Design = { name: 'as it is', batchSize: largestBatch, api: 'http', moreLogLines: 0 };

/** What each of three decisions is worth. */
export const otherDesigns: readonly Design[] = [
  { ...defaultDesign, name: 'batch size 1', batchSize: 1 },
  { ...defaultDesign, name: 'REST API', api: 'rest' },
  { ...defaultDesign, name: 'two log lines more', moreLogLines: 2 },
];
