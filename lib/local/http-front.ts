import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { type HttpRoute, matchRoute } from './http-route.ts';
import { type Invoke, invocationProblem } from './invocation.ts';
import { payloadV2, splitUrl } from './payload-v2.ts';
import { readBody } from './read-body.ts';

/** API Gateway's limit for a body: 10 MB. */
const longestBodyBytes = 10 * 1024 * 1024;

/** Lambda's limit for the whole event as JSON: between the two, API Gateway takes a body that it cannot pass on. */
const longestEventBytes = 6_291_456;

export interface FrontRoute extends HttpRoute {
  readonly invoke: Invoke<APIGatewayProxyEventV2>;
}

export interface FrontOptions {
  /** Undefined until the run is ready: requests that come before are answered 503. */
  readonly routes: () => readonly FrontRoute[] | undefined;
  /** What `GET /_local/ready` answers: how a second program finds the run's queues and tables. */
  readonly ready: () => unknown;
  /** One line for the terminal when a function failed. */
  readonly onProblem: (line: string) => void;
}

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Stands where API Gateway stands: turns requests into events of payload format 2.0, and results into answers. */
export function httpFront(options: FrontOptions): RequestListener {
  return (request, response) => {
    answerRequest(request, options).then(
      (answer) => send(response, answer),
      (error: unknown) => {
        options.onProblem(`http front: ${String(error)}`);
        send(response, message(500, 'Internal Server Error'));
      },
    );
  };
}

async function answerRequest(request: IncomingMessage, options: FrontOptions): Promise<Answer> {
  const { method = 'GET', url = '/' } = request;
  const { path } = splitUrl(url);
  const body = await readBody(request, longestBodyBytes);
  if (body.kind === 'too-large') return message(413, 'Request Entity Too Large');
  if (body.kind === 'broken-off') return message(400, 'Bad Request');

  const routes = options.routes();
  if (routes === undefined) return message(503, 'Service Unavailable');
  if (method === 'GET' && path === '/_local/ready') return json(200, options.ready());

  for (const route of routes) {
    const pathParameters = matchRoute(route, method, path);
    if (pathParameters === undefined) continue;
    const event = payloadV2(
      {
        method,
        url,
        httpVersion: request.httpVersion,
        rawHeaders: request.rawHeaders,
        sourceIp: request.socket.remoteAddress ?? '',
        body: body.bytes,
      },
      { routeKey: route.routeKey, pathParameters, requestId: randomUUID(), nowMs: Date.now() },
    );
    if (Buffer.byteLength(JSON.stringify(event)) > longestEventBytes) return message(413, 'Request Entity Too Large');
    return invokeFor(event, route, options);
  }
  return message(404, 'Not Found');
}

async function invokeFor(event: APIGatewayProxyEventV2, route: FrontRoute, options: FrontOptions): Promise<Answer> {
  const result = await route.invoke(event);
  if (result.kind === 'returned') {
    const answer = resultSchema.safeParse(result.value);
    if (answer.success) return answer.data;
    options.onProblem(`${route.routeKey}: the function returned no HTTP answer: ${z.prettifyError(answer.error)}`);
    return message(500, 'Internal Server Error');
  }
  options.onProblem(`${route.routeKey}: ${invocationProblem(result)}`);
  return result.kind === 'timed-out' ? message(503, 'Service Unavailable') : message(500, 'Internal Server Error');
}

const resultSchema = z
  .object({
    statusCode: z.int().min(200).max(599),
    headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    body: z.string().default(''),
    isBase64Encoded: z.boolean().default(false),
  })
  .transform(
    ({ statusCode, headers, body, isBase64Encoded }): Answer => ({
      statusCode,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body: isBase64Encoded ? Buffer.from(body, 'base64') : body,
    }),
  );

function message(statusCode: number, text: string): Answer {
  return json(statusCode, { message: text });
}

function json(statusCode: number, value: unknown): Answer {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.statusCode, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}
