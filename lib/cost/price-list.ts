/** Where the list prices hold, and when they were looked up. Free tiers and volume discounts are left out. */
export const priceList = { region: 'us-east-1', asOf: '2026-11' } as const;

/** US dollars for one unit. */
export const prices = {
  /** Of an HTTP API, for each 512 KB of a request. */
  httpApiRequests: 1e-6,
  /** Of a REST API, whatever their size. */
  restApiRequests: 3.5e-6,
  /** Standard queue, for each 64 KB of a call. */
  sqsRequests: 0.4e-6,
  lambdaRequests: 0.2e-6,
  /** arm64. */
  lambdaGbSeconds: 0.000_013_333_4,
  /** On demand. */
  dynamoWriteUnits: 0.625e-6,
  dynamoReadUnits: 0.125e-6,
  dynamoGbMonths: 0.25,
  /** Of point-in-time recovery, for what the table holds. */
  dynamoRecoveryGbMonths: 0.2,
  /** PUT, and LIST too. */
  s3Puts: 5e-6,
  s3Gets: 0.4e-6,
  s3GbMonths: 0.023,
  /** Taken in by CloudWatch, of log groups of the standard class: those of the other cannot have metrics. */
  logGigabytes: 0.5,
  /** A month each. */
  secrets: 0.4,
  alarms: 0.1,
  compositeAlarms: 0.5,
  dashboards: 3,
  /** For each combination of a metric with values of its dimensions, in months in which it has any. */
  customMetrics: 0.3,
} as const;
