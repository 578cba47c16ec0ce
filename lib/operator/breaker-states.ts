import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoBreakerStates } from '../../lambdas/adapters/dynamo-breaker-states.ts';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import type { BreakerStates } from '../../lambdas/contract/ports.ts';
import { naming } from './operator-error.ts';

/** The breakers as the functions keep them. A failure says what was being done, and what AWS said to it. */
export function breakerStates(client: DynamoDBClient, tableName: string): BreakerStates {
  const states = dynamoBreakerStates(tableName, client);
  return {
    read: (route) =>
      naming(`read the breaker of ${route} from table ${tableName}`, () => inTheirWords(states.read(route))),
    replace: (route, next) =>
      naming(`write the breaker of ${route} to table ${tableName}`, () => inTheirWords(states.replace(route, next))),
  };
}

/** The adapter's own error only repeats what was being done. */
async function inTheirWords<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof ServiceUnavailableError ? (error.cause ?? error) : error;
  }
}
