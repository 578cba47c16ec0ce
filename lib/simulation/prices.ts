import type { Usage } from './usage.ts';

/** Where the list prices hold, and when they were looked up. Free tiers and volume discounts are left out. */
export const priceList = { region: 'us-east-1', asOf: '2026-11' } as const;

/** US dollars for one unit. */
export const prices: Readonly<Record<keyof Usage, number>> = {
  /** Standard queue, for each 64 KB of a call. */
  sqsRequests: 0.4e-6,
  lambdaRequests: 0.2e-6,
  /** arm64. */
  lambdaGbSeconds: 0.000_013_333_4,
  /** On demand. */
  dynamoWriteUnits: 0.625e-6,
  dynamoReadUnits: 0.125e-6,
  s3Puts: 5e-6,
  s3Gets: 0.4e-6,
};

const services = {
  SQS: ['sqsRequests'],
  Lambda: ['lambdaRequests', 'lambdaGbSeconds'],
  DynamoDB: ['dynamoWriteUnits', 'dynamoReadUnits'],
  S3: ['s3Puts', 's3Gets'],
} as const satisfies Record<string, readonly (keyof Usage)[]>;

/** US dollars, by service and in all. */
export type Cost = Readonly<Record<keyof typeof services | 'total', number>>;

export function costOf(usage: Usage): Cost {
  const cost = (kinds: readonly (keyof Usage)[]) => kinds.reduce((sum, kind) => sum + usage[kind] * prices[kind], 0);
  const [SQS, Lambda, DynamoDB, S3] = [
    cost(services.SQS),
    cost(services.Lambda),
    cost(services.DynamoDB),
    cost(services.S3),
  ];
  return { SQS, Lambda, DynamoDB, S3, total: SQS + Lambda + DynamoDB + S3 };
}
