import { queueRetentionSeconds } from '../infra/timings.ts';
import { accountConcurrency, itemReads, itemWrites, mostInFlight, newTableWrites } from './aws-model.ts';
import { formatCount, formatDuration } from './format.ts';
import type { OutageFigures } from './outage-figures.ts';
import { timings } from './scenario.ts';

/** A limit of AWS, and how near a run comes to it. */
export interface Limit {
  readonly name: string;
  readonly allowed: number;
  readonly reached: (figures: OutageFigures) => number;
  readonly format: (value: number) => string;
}

/** What docs/scale.md explains. */
export const limits: readonly Limit[] = [
  {
    name: 'SQS: messages in flight',
    allowed: mostInFlight,
    reached: ({ mostInFlight: reached }) => reached,
    format: formatCount,
  },
  {
    name: 'SQS: age of a message',
    allowed: queueRetentionSeconds,
    reached: ({ longestWaitS }) => longestWaitS,
    format: formatDuration,
  },
  {
    name: 'SQS: receives of a message',
    allowed: timings.maxReceiveCount,
    reached: ({ highestReceives }) => highestReceives,
    format: formatCount,
  },
  {
    name: 'Lambda: processors at once',
    allowed: accountConcurrency,
    reached: ({ mostProcessors }) => mostProcessors,
    format: formatCount,
  },
  {
    name: 'DynamoDB: writes/s, new table',
    allowed: newTableWrites,
    reached: ({ highestDynamoWriteRate }) => highestDynamoWriteRate,
    format: formatCount,
  },
  {
    name: 'DynamoDB: reads/s of the breaker',
    allowed: itemReads,
    reached: ({ highestBreakerReadRate }) => highestBreakerReadRate,
    format: formatCount,
  },
  {
    name: 'DynamoDB: writes/s of the breaker',
    allowed: itemWrites,
    reached: ({ highestBreakerWriteRate }) => highestBreakerWriteRate,
    format: formatCount,
  },
];
