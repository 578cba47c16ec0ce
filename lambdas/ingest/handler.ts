import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { s3ParkedObjects } from '../adapters/s3-parked-objects.ts';
import { s3PayloadStore } from '../adapters/s3-payload-store.ts';
import { secretsManagerSource } from '../adapters/secrets-manager-source.ts';
import { sqsSend } from '../adapters/sqs-queue.ts';
import { writeStep } from '../adapters/write-step.ts';
import { parseIngestEnv } from '../contract/env.ts';
import { describeError } from '../contract/errors.ts';
import type { AcceptPorts } from './accept-webhook.ts';
import { answerEvent } from './answer-event.ts';
import { notStored } from './answer-request.ts';

const env = parseIngestEnv(process.env);

const ports: AcceptPorts = {
  routes: env.ROUTES,
  inlineLimitBytes: env.INLINE_LIMIT_BYTES,
  payloads: s3PayloadStore(env.PAYLOAD_BUCKET),
  parked: s3ParkedObjects(env.PAYLOAD_BUCKET),
  secrets: secretsManagerSource(),
  send: sqsSend(),
  now: Date.now,
  newId: randomUUID,
  log: writeStep,
};

/**
 * How long before the function's timeout the request is given up: Lambda would end the process, and API Gateway would
 * answer for it, with neither our 503 nor its Retry-After. The core has answered before that (time-budget.ts) unless
 * something keeps the process from running.
 */
const answerEarlyMs = 500;

/** A handler that throws is answered by API Gateway with 500 and its own body: a fault of ours is always our 503. */
const answerFaults = {
  onError: async (request: middy.Request) => {
    writeStep({ step: 'fault', route: 'unknown', during: 'ingest', error: describeError(request.error) });
    request.response = notStored();
  },
};

export const handler = middy(
  (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => answerEvent(event, ports),
  { timeoutEarlyInMillis: answerEarlyMs },
).use(answerFaults);
