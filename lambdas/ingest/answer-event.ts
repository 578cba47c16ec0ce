import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type AcceptPorts, acceptWebhook } from './accept-webhook.ts';
import { answerRequest, healthy } from './answer-request.ts';
import type { WebhookRequest } from './webhook-request.ts';

/** Answers an event of API Gateway's HTTP API, in payload format 2.0. Rejects only for what is no such event. */
export async function answerEvent(
  event: APIGatewayProxyEventV2,
  ports: AcceptPorts,
): Promise<APIGatewayProxyStructuredResultV2> {
  return event.routeKey === 'GET /health' ? healthy() : answerRequest(await acceptWebhook(toRequest(event), ports));
}

/** API Gateway's HTTP API has already put header names into lower case and joined repeated ones. */
function toRequest(event: APIGatewayProxyEventV2): WebhookRequest {
  const headers = Object.entries(event.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    route: event.pathParameters?.route ?? '',
    headers: Object.fromEntries(headers),
    // Not X-Forwarded-For, which is the sender's own text.
    sourceIp: event.requestContext.http.sourceIp,
    arrivedAtMs: event.requestContext.timeEpoch,
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}
