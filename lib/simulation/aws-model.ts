/** What AWS does to a route, each number with its source. */

/**
 * Messages of a standard queue that are received and not deleted, hidden ones included. Beyond it a long poll returns
 * nothing and says nothing (SQS Developer Guide, "Amazon SQS standard queue quotas": approximately 120,000).
 */
export const mostInFlight = 120_000;

/** SQS's largest `maxReceiveCount`. */
export const mostReceives = 1_000;

/** Batches that an event source mapping begins with (Lambda guide, "Configuring scaling behavior for SQS event source mappings"). */
export const firstPollers = 5;

/** And by how many more it grows: 300 a minute (same page). */
export const pollersPerSecond = 300 / 60;

/** Processors at work in all of an account, until a quota increase (Lambda quotas). */
export const accountConcurrency = 1_000;

/** Write units a second of a new on-demand table, or twice its earlier peak (DynamoDB guide, "initial throughput"). */
export const newTableWrites = 4_000;

/** Write units a second of one partition, and so of one item such as the breaker's (DynamoDB guide, "partition key design"). */
export const itemWrites = 1_000;

/** Read units a second of one item (same page). */
export const itemReads = 3_000;

/** How long Lambda takes to switch a mapping or change its concurrency. AWS names no time: an assumption. */
export const mappingChangeSeconds = 30;
