import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BenchRelay, type BenchRoute, startBenchRelay } from '../../bench/support/bench-relay.ts';
import { type SlowDestination, startSlowDestination } from '../../bench/support/slow-destination.ts';
import { textEvent } from '../../bench/support/text-event.ts';
import { webhookRequest } from '../../bench/support/webhook-request.ts';
import { fillQueue, type QueueAtWork, workOffQueue } from '../../bench/support/work-off-queue.ts';
import { createFunctionPool, type FunctionPool } from '../../lib/local/function-pool.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Of the functions as they are deployed: calls that a core does not know of are counted, too. */
let relay: BenchRelay;
/** Accepts, and has nobody at work on its queue. */
let accepting: BenchRoute;
let delivering: BenchRoute;
let destination: SlowDestination;
let ingest: FunctionPool;
let processor: QueueAtWork;

beforeAll(async () => {
  destination = await startSlowDestination(0);
  relay = await startBenchRelay(2, destination.url);
  const [first, second] = relay.routes;
  if (first === undefined || second === undefined) throw new Error('the relay has no two routes');
  accepting = first;
  delivering = second;
  ingest = createFunctionPool(relay.ingest, 1, () => {});
  processor = await workOffQueue(relay, delivering, delivering.processor, 1);
  // What a function does once: read its secret, and load what large bodies need.
  await accept(400_000, 1);
  await deliver(10);
});

afterAll(async () => {
  await ingest?.stop();
  await processor?.stop();
  await relay?.stop();
  await destination?.close();
});

async function accept(bytes: number, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const body = textEvent(randomUUID(), bytes);
    const signature = `sha256=${createHmac('sha256', accepting.secret).update(body).digest('base64')}`;
    const result = await ingest.invoke(webhookRequest(accepting.name, body, { 'x-hub-signature-256': signature }));
    expect(result).toMatchObject({ kind: 'returned', value: { statusCode: 200 } });
  }
}

async function deliver(events: number): Promise<void> {
  relay.calls.take();
  await fillQueue(relay, delivering, events);
  const answered = destination.answered(events);
  processor.switchTo(1);
  await answered;
  processor.switchTo(0);
  const acknowledged = () => relay.calls.count('sqs:DeleteMessageBatch') === events / 10;
  await waitUntil('every batch is acknowledged', acknowledged);
}

test('accepting a webhook is one call, and two when its body is offloaded', async () => {
  relay.calls.take();
  await accept(2_000, 20);
  expect(relay.calls.take()).toEqual({ 'sqs:SendMessage': 20 });

  await accept(400_000, 3);
  expect(relay.calls.take()).toEqual({ 's3:PUT': 3, 'sqs:SendMessage': 3 });
});

test('delivering an event is two writes, and everything else is one call for a batch of ten', async () => {
  await deliver(50);
  const { 'sqs:SendMessageBatch': _filling, 'sqs:ReceiveMessage': receives = 0, ...calls } = relay.calls.take();

  expect(calls).toEqual({
    // The claim and the outcome.
    'dynamodb:UpdateItem': 100,
    // The breaker's state, once a batch.
    'dynamodb:GetItem': 5,
    // Made by Lambda itself.
    'sqs:DeleteMessageBatch': 5,
  });
  // And one more, that finds nothing.
  expect(receives).toBeLessThanOrEqual(6);
});
