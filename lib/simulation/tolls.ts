import { largestBatch } from '../../lambdas/contract/aws-limits.ts';
import { functionMegabytes } from '../infra/function-memory.ts';
import type { EventCarriage, Usage } from './usage.ts';
import type { Cell } from './waiting-line.ts';

/** Adds up what each step of a run is billed for. */
export interface Tolls {
  arrivals(messages: number): void;
  /** Received, the breaker read, and a function run for so long. */
  batches(batches: number, seconds: number): void;
  /** Claimed, posted and recorded; `delivered` of them acknowledged, too. */
  attempts(cell: Cell, delivered: number): void;
  hide(messages: number): void;
  /** Sent to the dead letter queue, and taken off this one. */
  deadLetter(messages: number): void;
  breakerWrite(): void;
  trial(): void;
}

const processorGigabytes = functionMegabytes.processor / 1_024;

export function tollsOn(usage: Usage, carriage: EventCarriage): Tolls {
  const deletes = (messages: number) => messages / largestBatch;
  return {
    arrivals(messages) {
      usage.sqsRequests += messages * carriage.sendRequests;
      if (carriage.offloaded) usage.s3Puts += messages;
    },

    batches(batches, seconds) {
      usage.sqsRequests += batches * largestBatch * carriage.receiveRequests;
      usage.dynamoReadUnits += batches;
      usage.lambdaRequests += batches;
      usage.lambdaGbSeconds += batches * seconds * processorGigabytes;
    },

    attempts({ messages, attempts }, delivered) {
      // A record that holds the excerpt of a failed answer is longer than the kilobyte of one unit.
      const held = attempts === 0 ? 1 : 2;
      usage.dynamoWriteUnits += messages * held + delivered * held + (messages - delivered) * 2;
      usage.sqsRequests += deletes(delivered);
      if (carriage.offloaded) usage.s3Gets += messages;
    },

    hide(messages) {
      usage.sqsRequests += messages;
    },

    deadLetter(messages) {
      usage.sqsRequests += messages * carriage.sendRequests + deletes(messages);
    },

    breakerWrite() {
      usage.dynamoWriteUnits += 1;
    },

    trial() {
      usage.s3Gets += 1;
      usage.lambdaRequests += 1;
      usage.dynamoWriteUnits += 3;
    },
  };
}
