import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand, type BatchGetItemCommandOutput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { naming } from '../operator-error.ts';
import type { DeliveryState, ReadDeliveryStates } from './delivery-states.ts';

/** The most that BatchGetItem takes. */
const batchSize = 100;

/** Pause before asking again for keys that DynamoDB left out because the table is throttled; doubles each time. */
const throttledPauseMs = 50;
const mostThrottledAnswers = 6;

/** {@link ReadDeliveryStates} on the delivery table. */
export function dynamoDeliveryStates(client: DynamoDBClient, tableName: string): ReadDeliveryStates {
  return (keys) =>
    naming(`read delivery records from table ${tableName}`, async () => {
      const states = new Map<string, DeliveryState>();
      // BatchGetItem refuses a batch that names one key twice; two dead letters of one event are nothing unusual.
      const distinct = [...new Set(keys)];
      for (let start = 0; start < distinct.length; start += batchSize) {
        for (const item of await readBatch(client, tableName, distinct.slice(start, start + batchSize))) {
          const { pk, ...state } = itemSchema.parse(item);
          states.set(pk, state);
        }
      }
      return states;
    });
}

type Item = NonNullable<BatchGetItemCommandOutput['Responses']>[string][number];

async function readBatch(client: DynamoDBClient, tableName: string, keys: readonly string[]): Promise<Item[]> {
  const items: Item[] = [];
  let wanted: BatchGetItemCommandOutput['UnprocessedKeys'] = {
    // Consistent, because a delivery that just ended is what tells a harmless redrive from one that posts again.
    [tableName]: { Keys: keys.map((pk) => ({ pk: { S: pk } })), ConsistentRead: true },
  };
  for (let answers = 0; wanted?.[tableName] !== undefined; answers++) {
    if (answers > 0) await sleep(throttledPauseMs * 2 ** (answers - 1));
    if (answers > mostThrottledAnswers) throw new Error('the table is throttled: try again in a minute');
    const answer: BatchGetItemCommandOutput = await client.send(new BatchGetItemCommand({ RequestItems: wanted }));
    items.push(...(answer.Responses?.[tableName] ?? []));
    wanted = answer.UnprocessedKeys;
  }
  return items;
}

const stringValue = z.object({ S: z.string() }).transform(({ S }) => S);
const numberValue = z.object({ N: z.coerce.number() }).transform(({ N }) => N);

const itemSchema = z
  .object({
    pk: stringValue,
    status: stringValue.pipe(z.enum(['delivering', 'delivered', 'failed'])),
    attempts: numberValue,
    lastStatus: numberValue.optional(),
    lastError: stringValue.optional(),
    lastAnswer: stringValue.optional(),
    firstReceivedAtMs: numberValue.optional(),
    lastFailedAtMs: numberValue.optional(),
    redrivenAtMs: numberValue.optional(),
    deliveredAtMs: numberValue.optional(),
    leaseExpiresAtMs: numberValue.optional(),
  })
  .transform((item): DeliveryState & { readonly pk: string } => item);
