import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { dynamoDeliveryRecords } from '../adapters/dynamo-delivery-records.ts';
import { httpDestination } from '../adapters/http-destination.ts';
import { s3PayloadStore } from '../adapters/s3-payload-store.ts';
import { sqsHide, sqsSend } from '../adapters/sqs-queue.ts';
import { writeStep } from '../adapters/write-step.ts';
import { parseProcessorEnv } from '../contract/env.ts';
import type { MessageAttributes } from '../contract/message-attributes.ts';
import { type Batch, processBatch } from './process-batch.ts';
import type { ProcessorContext } from './processor-context.ts';
import type { ReceivedMessage } from './read-delivery.ts';

const env = parseProcessorEnv(process.env);
const send = sqsSend();
const hide = sqsHide(env.QUEUE_URL);

const processor: ProcessorContext = {
  settings: {
    route: env.ROUTE,
    headers: env.DESTINATION.headers,
    signatureHeader: env.DESTINATION.signatureHeader,
    timeoutMs: env.DESTINATION.timeoutSeconds * 1_000,
    retry: env.RETRY,
    leaseMs: env.LEASE_SECONDS * 1_000,
    queueRetentionMs: env.QUEUE_RETENTION_SECONDS * 1_000,
    dedupeSeconds: env.DEDUPE_SECONDS,
  },
  records: dynamoDeliveryRecords(env.DELIVERY_TABLE, env.ROUTE),
  payloads: s3PayloadStore(env.PAYLOAD_BUCKET),
  post: httpDestination(env.DESTINATION.url),
  sendToDeadLetters: (message) => send(env.DEAD_LETTER_QUEUE_URL, message),
  now: Date.now,
  random: Math.random,
  newId: randomUUID,
  log: writeStep,
};

/** How long before the function's end the batch is reported, whatever is still going on. */
const reportEarlyMs = 500;

export const handler = middy(
  async (event: SQSEvent, lambda: Context): Promise<SQSBatchResponse> => ({
    batchItemFailures: (await processInTime(event, lambda)).map((itemIdentifier) => ({ itemIdentifier })),
  }),
  // Each delivery keeps its own distance to the function's end; giving the whole batch up would help nobody.
  { timeoutEarlyInMillis: 0 },
);

async function processInTime(event: SQSEvent, lambda: Context): Promise<string[]> {
  const invokedAtMs = Date.now();
  const remainingMs = lambda.getRemainingTimeInMillis();
  const { promise: functionEnding, resolve: end } = Promise.withResolvers<void>();
  const timer = setTimeout(end, Math.max(0, remainingMs - reportEarlyMs));
  const batch: Batch = {
    messages: event.Records.map(toMessage),
    invokedAtMs,
    functionEndsAtMs: invokedAtMs + remainingMs,
    functionEnding,
  };
  try {
    return await processBatch(processor, batch, hide);
  } finally {
    // A timer left behind would hold on to the batch's bodies long after the next batches have come.
    clearTimeout(timer);
  }
}

function toMessage(record: SQSRecord): ReceivedMessage {
  return {
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    body: record.body,
    attributes: toAttributes(record),
    sentAtMs: Number(record.attributes.SentTimestamp),
    receiveCount: Number(record.attributes.ApproximateReceiveCount),
  };
}

/** Binary attributes are not ours: they are left out. */
function toAttributes(record: SQSRecord): MessageAttributes {
  return Object.fromEntries(
    Object.entries(record.messageAttributes).flatMap(([name, { dataType, stringValue }]) =>
      stringValue === undefined
        ? []
        : [[name, { type: dataType === 'Number' ? 'Number' : 'String', value: stringValue }]],
    ),
  );
}
