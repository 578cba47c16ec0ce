import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import {
  type BreakerState,
  breakerKey,
  closedBreaker,
  readBreakerState,
  writeBreakerState,
} from '../contract/breaker-state.ts';
import { ServiceUnavailableError } from '../contract/errors.ts';
import { parseJson } from '../contract/parse-json.ts';
import type { BreakerStates } from '../contract/ports.ts';
import { callLimits } from './call-limits.ts';
import { type RecordItem, toAttribute } from './delivery-record-item.ts';

const itemSchema = z.object({ version: z.object({ N: z.string() }), state: z.object({ S: z.string() }) });

/**
 * Breakers in the delivery table, one item a route. Optimistic: whoever changes one names the version that was read, so
 * that of many processors that see the same outage one pauses the route and the others are told.
 */
export function dynamoBreakerStates(
  table: string,
  client: DynamoDBClient = new DynamoDBClient(callLimits),
): BreakerStates {
  async function read(route: string): Promise<BreakerState> {
    try {
      const key = { pk: toAttribute(breakerKey(route)) };
      // Consistent: a processor that read an old state would post to a destination that has just asked for a pause.
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
      return fromItem(Item);
    } catch (error) {
      throw new ServiceUnavailableError('DynamoDB did not read the breaker', error);
    }
  }

  return {
    read,

    async replace(route, next) {
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: toItem(route, next),
            ConditionExpression: next.version === 1 ? 'attribute_not_exists(pk)' : 'version = :before',
            ...(next.version === 1 ? {} : { ExpressionAttributeValues: { ':before': toAttribute(next.version - 1) } }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return 'written';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) {
          throw new ServiceUnavailableError('DynamoDB did not write the breaker', error);
        }
        // AWS returns the item with its refusal; where a service does not, it is read.
        return error.Item === undefined ? read(route) : fromItem(error.Item);
      }
    },
  };
}

function toItem(route: string, state: BreakerState): RecordItem {
  return {
    pk: toAttribute(breakerKey(route)),
    version: toAttribute(state.version),
    // For whoever looks at the table in the console.
    status: toAttribute(state.phase.kind),
    state: toAttribute(writeBreakerState(state)),
  };
}

/** What another version of the relay wrote, and this one does not understand, is overwritten: the route is passed. */
function fromItem(item: RecordItem | undefined): BreakerState {
  const parsed = z.safeParse(itemSchema, item);
  if (!parsed.success) return closedBreaker;
  const version = Number(parsed.data.version.N);
  return readBreakerState(parseJson(parsed.data.state.S), version) ?? { ...closedBreaker, version };
}
