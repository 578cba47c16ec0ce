import { prices } from '../../cost/price-list.ts';
import { type CountMetric, type Figures, totalOf } from './figures.ts';

/** What AWS bills one kind of request with. */
export interface RequestCost {
  readonly service: string;
  readonly requests: number;
  readonly dollars: number;
}

/**
 * The requests behind the figures, and what they cost at list prices. Time of functions, logs and metrics are not in
 * it. Processors are counted as if they got one event at a time, which is the most they can cost: on a busy route ten
 * come together.
 */
export function requestCosts(figures: Figures): readonly RequestCost[] {
  const total = (metric: CountMetric) => totalOf(figures, metric);
  const posted = total('delivered') + total('retried') + total('deadLetters');
  const asked = total('accepted') + total('refused') + total('notStored');
  const offloaded = total('offloaded');
  const cost = (service: string, requests: number, price: number) => ({ service, requests, dollars: requests * price });
  return [
    cost('API Gateway requests', asked, prices.httpApiRequests),
    cost('Lambda invocations', asked + posted, prices.lambdaRequests),
    // Sent; then received, and deleted or hidden for its next attempt.
    cost('SQS requests', total('accepted') + 2 * posted, prices.sqsRequests),
    // Claimed and settled.
    cost('DynamoDB writes', 2 * posted, prices.dynamoWriteUnits),
    cost('S3 writes', offloaded, prices.s3Puts),
    cost('S3 reads', offloaded, prices.s3Gets),
  ];
}

export function totalDollars(costs: readonly RequestCost[]): number {
  return costs.reduce((sum, { dollars }) => sum + dollars, 0);
}
