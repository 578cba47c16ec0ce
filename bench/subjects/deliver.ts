/**
 * Run by bench/figures/deliver.ts in a process with the environment of a processor: hands batches of ten to the bundled
 * handler, and does what no processor can do without by the SDK and Node alone, in turns.
 */
import { Agent, request } from 'node:http';
import { DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { importFunction } from '../support/import-function.ts';
import { inTurns } from '../support/in-turns.ts';
import { report } from '../support/run-subject.ts';
import { sqsBatch } from '../support/sqs-batch.ts';

export const deliverInputSchema = z.object({
  modulePath: z.string(),
  route: z.string(),
  queueArn: z.string(),
  table: z.string(),
  destination: z.string(),
  rounds: z.int(),
});

export type DeliverInput = z.infer<typeof deliverInputSchema>;

/** Milliseconds per batch. */
export interface DeliverTurns {
  readonly relay: readonly number[];
  readonly floor: readonly number[];
}

const batchSize = 10;
const input = deliverInputSchema.parse(JSON.parse(process.argv[2] ?? ''));
const handler = await importFunction(input.modulePath);
const dynamodb = new DynamoDBClient({});
const agent = new Agent({ keepAlive: true });

async function deliverBatch(): Promise<number> {
  const batch = sqsBatch(input.route, input.queueArn, batchSize);
  const startedAtMs = performance.now();
  const answer = await handler(batch);
  const tookMs = performance.now() - startedAtMs;
  if (JSON.stringify(answer) !== '{"batchItemFailures":[]}')
    throw new Error(`not delivered: ${JSON.stringify(answer)}`);
  return tookMs;
}

/** Two bare writes and a POST for each event, all ten events side by side. */
async function floorOfBatch(): Promise<number> {
  const { Records } = sqsBatch(input.route, input.queueArn, batchSize);
  const startedAtMs = performance.now();
  await Promise.all(
    Records.map(async ({ messageId, body }) => {
      const pk = { S: `floor#${messageId}` };
      await dynamodb.send(new PutItemCommand({ TableName: input.table, Item: { pk, status: { S: 'delivering' } } }));
      await post(body);
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: input.table,
          Key: { pk },
          UpdateExpression: 'SET #status = :delivered',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':delivered': { S: 'delivered' } },
        }),
      );
    }),
  );
  return performance.now() - startedAtMs;
}

function post(body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(input.destination, { method: 'POST', agent }, (answer) => {
      answer.resume().once('end', resolve);
    });
    outgoing.once('error', reject).end(body);
  });
}

const turns = await inTurns({ relay: deliverBatch, floor: floorOfBatch }, { rounds: input.rounds, warmUps: 10 });
report(turns satisfies DeliverTurns);
