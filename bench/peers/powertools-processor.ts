/** What Powertools' documentation puts together for a queue whose messages are to be processed once. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';

const destination = process.env.DESTINATION_URL ?? '';
const processor = new BatchProcessor(EventType.SQS);
const persistenceStore = new DynamoDBPersistenceLayer({ tableName: process.env.IDEMPOTENCY_TABLE ?? '' });
const config = new IdempotencyConfig({ eventKeyJmesPath: 'messageId' });

const deliver = makeIdempotent(
  async (record: SQSRecord): Promise<number> => {
    const response = await fetch(destination, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: record.body,
    });
    if (!response.ok) throw new Error(`the destination answered ${response.status}`);
    return response.status;
  },
  { persistenceStore, config },
);

export const handler = (event: SQSEvent, context: Context) => {
  config.registerLambdaContext(context);
  return processPartialResponse(event, deliver, processor, { context });
};
