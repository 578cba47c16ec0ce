import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createFunctionPool, type FunctionPool } from '../../lib/local/function-pool.ts';
import type { FunctionSpec } from '../../lib/local/function-process.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { localRegion } from '../../lib/local/name-resources.ts';
import { type QueuePoller, startQueuePoller } from '../../lib/local/queue-poller.ts';
import type { BenchRelay, BenchRoute } from './bench-relay.ts';
import { queuedWebhook } from './sqs-batch.ts';

/** A queue and a function that works it off, as an event source mapping does. Begins switched off. */
export interface QueueAtWork {
  /** Lets the function have at most so many batches at one time, or none. */
  switchTo(concurrency: number): void;
  /** Once it is switched off: resolves when nothing is under way any more, neither a batch nor a long poll for one. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Long enough for a batch that was received to be handed over. */
const lookEveryMs = 10;

export async function workOffQueue(
  relay: BenchRelay,
  { queue }: Pick<BenchRoute, 'queue'>,
  spec: FunctionSpec,
  mostProcesses: number,
): Promise<QueueAtWork> {
  const sqs = new SQSClient(localClientSettings(relay.urls.sqs));
  let receiving = 0;
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'ReceiveMessageCommand') return next(args);
        receiving += 1;
        return next(args).finally(() => {
          receiving -= 1;
        });
      },
    { step: 'initialize' },
  );
  const pool: FunctionPool = createFunctionPool(withMemoryOf(spec), mostProcesses, (line, stream) => {
    if (stream === 'stderr') process.stderr.write(`${line}\n`);
  });
  await pool.warm();
  let underWay = 0;
  const poller: QueuePoller = startQueuePoller({
    sqs,
    queueUrl: queue.url,
    queueArn: queue.arn,
    region: localRegion,
    batchSize: 10,
    enabled: false,
    maximumConcurrency: mostProcesses,
    reportsItemFailures: true,
    invoke: async (event) => {
      underWay += 1;
      const result = await pool.invoke(event);
      underWay -= 1;
      return result;
    },
    answerLongPolls: () => relay.answerLongPolls(queue.url),
    onProblem: (line) => process.stderr.write(`${line}\n`),
  });
  return {
    switchTo: (concurrency) =>
      poller.change({ enabled: concurrency > 0, maximumConcurrency: Math.max(1, concurrency) }),
    idle: async () => {
      while (underWay + receiving > 0) await sleep(lookEveryMs);
    },
    stop: async () => {
      await poller.stop();
      await pool.stop();
      sqs.destroy();
    },
  };
}

/** Of its memory, Lambda's runtime gives Node's old generation 90 % and a half of its young one 5 %. */
function withMemoryOf(spec: FunctionSpec): FunctionSpec {
  const megabytes = (share: number) => Math.floor(share * spec.memoryMegabytes);
  const options = `--max-old-space-size=${megabytes(0.9)} --max-semi-space-size=${megabytes(0.05)}`;
  return { ...spec, environment: { ...spec.environment, NODE_OPTIONS: options } };
}

/** Puts webhooks of 2 KB on a route's queue, as ingest does. */
export async function fillQueue(relay: BenchRelay, { name, queue }: BenchRoute, count: number): Promise<void> {
  const sqs = new SQSClient(localClientSettings(relay.urls.sqs));
  for (let sent = 0; sent < count; sent += 10) {
    const Entries = Array.from({ length: Math.min(10, count - sent) }, (_, index) => {
      const { body, attributes } = queuedWebhook(name);
      return {
        Id: String(index),
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([key, { type, value }]) => [key, { DataType: type, StringValue: value }]),
        ),
      };
    });
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    if (Failed.length > 0) throw new Error(`the queue did not take ${Failed.length} messages`);
  }
  sqs.destroy();
}
