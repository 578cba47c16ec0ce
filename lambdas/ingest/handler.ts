import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { lambdaTraceHeader } from '../adapters/lambda-trace.ts';
import { parkedObjectsOnDemand, payloadStoreOnDemand } from '../adapters/s3-on-demand.ts';
import { secretsManagerSource } from '../adapters/secrets-manager-source.ts';
import { sqsSend } from '../adapters/sqs-queue.ts';
import { stepWriter } from '../adapters/write-step.ts';
import { parseIngestEnv } from '../contract/env.ts';
import { describeError } from '../contract/errors.ts';
import { unknownRoute } from '../contract/metric-names.ts';
import type { AcceptPorts } from './accept-webhook.ts';
import { answerEvent } from './answer-event.ts';
import { notStored } from './answer-request.ts';
import { routesOfSecret } from './routes-of-secret.ts';

const env = parseIngestEnv(process.env);
const steps = stepWriter(env.STACK_NAME);

const ports: AcceptPorts = {
  routes: env.ROUTES,
  inlineLimitBytes: env.INLINE_LIMIT_BYTES,
  payloads: payloadStoreOnDemand(env.PAYLOAD_BUCKET),
  parked: parkedObjectsOnDemand(env.PAYLOAD_BUCKET),
  secrets: secretsManagerSource((unreadable) => {
    for (const route of routesOfSecret(env.ROUTES, unreadable.secret)) {
      steps.write({ step: 'secret-unreadable', route, ...unreadable });
    }
  }),
  send: sqsSend(),
  traceHeader: env.TRACING === 'active' ? lambdaTraceHeader : undefined,
  now: Date.now,
  newId: randomUUID,
  log: steps.write,
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
    steps.write({ step: 'not-stored', route: unknownRoute, error: describeError(request.error) });
    request.response = notStored();
  },
};

export const handler = middy(
  (event: APIGatewayProxyEventV2, lambda: Context): Promise<APIGatewayProxyStructuredResultV2> => {
    steps.begin({ requestId: lambda.awsRequestId });
    return answerEvent(event, ports);
  },
  { timeoutEarlyInMillis: answerEarlyMs },
).use(answerFaults);
