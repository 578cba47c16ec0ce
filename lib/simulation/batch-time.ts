import { largestBatch } from '../../lambdas/contract/aws-limits.ts';
import { closingMs } from '../../lambdas/processor/deliver.ts';
import { timings } from './scenario.ts';

/** A call to DynamoDB as the model has it: AWS promises "single-digit milliseconds". */
const dynamoCallMs = 10;

/** The claim before a POST and the record after it. */
const recordingMs = 2 * dynamoCallMs;

const batchRoomMs = timings.functionTimeoutSeconds * 1_000 - closingMs;

/** How long a processor that may post nothing keeps its batch. */
export const heldSeconds = batchRoomMs / 1_000;

/** How a processor works off a batch. */
export interface BatchPace {
  readonly seconds: number;
  /** Events of the batch that there is time for; the others are handed back. */
  readonly posts: number;
}

/**
 * @param width events that are posted side by side
 * @param postMs the destination's time for one
 */
export function batchPace(width: number, postMs: number): BatchPace {
  const eventMs = postMs + recordingMs;
  const rowsInTime = Math.max(1, Math.floor((batchRoomMs - dynamoCallMs) / eventMs));
  const rows = Math.min(Math.ceil(largestBatch / width), rowsInTime);
  return { seconds: (dynamoCallMs + rows * eventMs) / 1_000, posts: Math.min(largestBatch, rows * width) };
}

/** The most events a second that so many processors deliver: each posts a batch of ten at once. */
export function capacityOf(maxConcurrency: number, latencyMs: number): number {
  return (maxConcurrency * largestBatch) / batchPace(largestBatch, latencyMs).seconds;
}
