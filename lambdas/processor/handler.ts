import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { dynamoBreakerStates } from '../adapters/dynamo-breaker-states.ts';
import { dynamoDeliveryRecords } from '../adapters/dynamo-delivery-records.ts';
import { httpDestination } from '../adapters/http-destination.ts';
import { parkedObjectsOnDemand, payloadStoreOnDemand } from '../adapters/s3-on-demand.ts';
import { secretsManagerSource } from '../adapters/secrets-manager-source.ts';
import { sqsHide, sqsSend } from '../adapters/sqs-queue.ts';
import { stepWriter } from '../adapters/write-step.ts';
import { parseProcessorEnv } from '../contract/env.ts';
import type { MessageAttributes } from '../contract/message-attributes.ts';
import { cleanTraceHeader, traceOf } from '../contract/trace-header.ts';
import { type TrialRequest, type TrialResult, trialRequestSchema } from '../contract/trial-call.ts';
import { type Batch, processBatch } from './process-batch.ts';
import type { ProcessorContext } from './processor-context.ts';
import { credentialsReader } from './read-credentials.ts';
import type { ReceivedMessage } from './read-delivery.ts';
import { routeBreaker } from './route-breaker.ts';
import { tryEvent } from './try-event.ts';

const env = parseProcessorEnv(process.env);
const steps = stepWriter(env.STACK_NAME);
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
    renewAfterReceives: env.RENEW_AFTER_RECEIVES,
    pausedHideSeconds: env.BREAKER.pausedHideSeconds,
    trialHideSeconds: env.BREAKER.trialHideSeconds,
    eventBridge: env.EVENT_BRIDGE,
  },
  records: dynamoDeliveryRecords(env.DELIVERY_TABLE, env.ROUTE),
  payloads: payloadStoreOnDemand(env.PAYLOAD_BUCKET),
  credentials: credentialsReader(
    { signingSecretArn: env.SIGNING_SECRET_ARN, secretHeaders: env.DESTINATION.secretHeaders },
    secretsManagerSource((unreadable) => steps.write({ step: 'secret-unreadable', route: env.ROUTE, ...unreadable })),
  ),
  post: httpDestination(env.DESTINATION.url, { reach: env.DESTINATION.reach ?? 'internet' }),
  sendToDeadLetters: (message) => send(env.DEAD_LETTER_QUEUE_URL, message),
  sendAgain: (message, delaySeconds) => send(env.QUEUE_URL, message, { delaySeconds }),
  breaker: routeBreaker({
    route: env.ROUTE,
    settings: env.BREAKER,
    maxConcurrency: env.MAX_CONCURRENCY,
    queueRetentionMs: env.QUEUE_RETENTION_SECONDS * 1_000,
    states: dynamoBreakerStates(env.DELIVERY_TABLE),
    parked: parkedObjectsOnDemand(env.PAYLOAD_BUCKET),
    now: Date.now,
    newId: randomUUID,
    log: steps.write,
  }),
  sleep: (milliseconds) => sleep(milliseconds),
  now: Date.now,
  random: Math.random,
  newId: randomUUID,
  log: steps.write,
};

/** How long before the function's end the batch is reported, whatever is still going on. */
const reportEarlyMs = 500;

export const handler = middy(
  async (event: SQSEvent | TrialRequest, lambda: Context): Promise<SQSBatchResponse | TrialResult> =>
    'Records' in event ? reportBatch(event, lambda) : tryDestination(event, lambda),
  // Each delivery keeps its own distance to the function's end; giving the whole batch up would help nobody.
  { timeoutEarlyInMillis: 0 },
);

async function reportBatch(event: SQSEvent, lambda: Context): Promise<SQSBatchResponse> {
  // One message's metrics take less room beside its step than in a line of their own.
  steps.begin({ requestId: lambda.awsRequestId, gathers: event.Records.length > 1 });
  try {
    return { batchItemFailures: (await processInTime(event, lambda)).map((itemIdentifier) => ({ itemIdentifier })) };
  } finally {
    steps.end();
  }
}

/** @throws ZodError for an event of neither kind: somebody invoked the function by hand */
function tryDestination(event: TrialRequest, lambda: Context): Promise<TrialResult> {
  steps.begin({ requestId: lambda.awsRequestId });
  return tryEvent(processor, trialRequestSchema.parse(event), Date.now() + lambda.getRemainingTimeInMillis());
}

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
    ...(env.TRACING === 'active' ? traceOf({ traceHeader: cleanTraceHeader(record.attributes.AWSTraceHeader) }) : {}),
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
