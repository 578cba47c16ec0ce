import { largestBatch } from '../../lambdas/contract/aws-limits.ts';
import { attributesBytes, pointerBytes, sqsRequests } from '../cost/sqs-requests.ts';
import { inlineLimitBytes } from './scenario.ts';

/** What a run has used of AWS, from the queue on. The way in is the same with an outage and without. */
export interface Usage {
  sqsRequests: number;
  lambdaRequests: number;
  lambdaGbSeconds: number;
  dynamoWriteUnits: number;
  dynamoReadUnits: number;
  s3Puts: number;
  s3Gets: number;
}

export function noUsage(): Usage {
  return eachUsage(() => 0);
}

/** A usage that is made up kind by kind. */
export function eachUsage(amount: (kind: keyof Usage) => number): Usage {
  return {
    sqsRequests: amount('sqsRequests'),
    lambdaRequests: amount('lambdaRequests'),
    lambdaGbSeconds: amount('lambdaGbSeconds'),
    dynamoWriteUnits: amount('dynamoWriteUnits'),
    dynamoReadUnits: amount('dynamoReadUnits'),
    s3Puts: amount('s3Puts'),
    s3Gets: amount('s3Gets'),
  };
}

/** How an event of some size travels, and what its calls are billed as. */
export interface EventCarriage {
  readonly offloaded: boolean;
  readonly sendRequests: number;
  /** Of a call that receives a batch of ten, for each of them. */
  readonly receiveRequests: number;
}

export function carriageOf(eventBytes: number): EventCarriage {
  const offloaded = eventBytes + attributesBytes > inlineLimitBytes;
  const bytes = (offloaded ? pointerBytes : eventBytes) + attributesBytes;
  return {
    offloaded,
    sendRequests: sqsRequests(bytes),
    receiveRequests: sqsRequests(largestBatch * bytes) / largestBatch,
  };
}
