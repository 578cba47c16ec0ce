/**
 * What an event leaves in CloudWatch Logs, in bytes. A test holds the functions' own lines to what the bundled functions
 * write; the others are Lambda's and API Gateway's, counted in a line of each.
 */
export const logBytes = {
  /** The line of an accepted webhook, with its metrics. */
  accepted: 470,
  /** The line of an offloaded one, beside it. */
  offloaded: 385,
  /** The line of a delivered event. */
  delivered: 215,
  /** The metrics of a batch, in one line for all its events. */
  batchMetrics: 480,
  /** The line of an attempt that failed, with its metrics. */
  retrying: 700,
  /** START, END and REPORT of one invocation. */
  invocation: 310,
  /** The access log's line of one request: lib/infra/access-logs.ts. */
  access: 390,
} as const;
