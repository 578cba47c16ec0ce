import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { dynamoBreakerStates } from '../../../lambdas/adapters/dynamo-breaker-states.ts';
import {
  type BreakerState,
  breakerKey,
  closedBreaker,
  readBreakerState,
} from '../../../lambdas/contract/breaker-state.ts';
import { ServiceUnavailableError } from '../../../lambdas/contract/errors.ts';
import { parseJson } from '../../../lambdas/contract/parse-json.ts';
import { naming } from '../operator-error.ts';
import type { StoredBreaker } from './stored-breaker.ts';

/** The breakers of all routes, as an operator has to see them. Rejects with an `OperatorError`. */
export interface StoredBreakers {
  /** The functions pass a route whose breaker they cannot read; whoever is on call is told that it could not be read. */
  read(route: string): Promise<StoredBreaker>;
  /** As that of the functions: one conditional write. */
  replace(route: string, next: BreakerState): Promise<'written' | StoredBreaker>;
}

const versionSchema = z.object({ version: z.object({ N: z.string() }) });
const stateSchema = z.object({ state: z.object({ S: z.string() }) });

/** The breakers as the functions keep them. A failure says what was being done, and what AWS said to it. */
export function breakerStates(client: DynamoDBClient, tableName: string): StoredBreakers {
  const states = dynamoBreakerStates(tableName, client);

  async function read(route: string): Promise<StoredBreaker> {
    const key = { pk: { S: breakerKey(route) } };
    const { Item } = await naming(`read the breaker of ${route} from table ${tableName}`, () =>
      client.send(new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true })),
    );
    if (Item === undefined) return closedBreaker;
    const version = versionOf(Item);
    if (version === undefined) return { kind: 'unreadable', version };
    const item = stateSchema.safeParse(Item);
    const state = item.success ? readBreakerState(parseJson(item.data.state.S), version) : undefined;
    return state ?? { kind: 'unreadable', version };
  }

  return {
    read,
    async replace(route, next) {
      const written = await naming(`write the breaker of ${route} to table ${tableName}`, () =>
        inTheirWords(states.replace(route, next)),
      );
      // What the functions' own adapter makes of somebody else's state does not tell whether it could be read.
      return written === 'written' ? written : await read(route);
    },
  };
}

function versionOf(item: unknown): number | undefined {
  const parsed = versionSchema.safeParse(item);
  return parsed.success ? Number(parsed.data.version.N) : undefined;
}

/** The adapter's own error only repeats what was being done. */
async function inTheirWords<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof ServiceUnavailableError ? (error.cause ?? error) : error;
  }
}
