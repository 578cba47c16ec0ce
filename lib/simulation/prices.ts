import { prices } from '../cost/price-list.ts';
import type { Usage } from './usage.ts';

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
