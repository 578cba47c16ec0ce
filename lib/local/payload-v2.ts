import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { decodeUtf8 } from '../../lambdas/contract/sqs-safe-body.ts';
import type { PathParameters } from './http-route.ts';
import { localAccount } from './name-resources.ts';

/** A request as node:http received it. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query string, as on the request line. */
  readonly url: string;
  readonly httpVersion: string;
  /** Names and values in turn, in the order they came: `IncomingMessage.rawHeaders`. */
  readonly rawHeaders: readonly string[];
  readonly sourceIp: string;
  readonly body: Uint8Array;
}

/** What API Gateway adds. */
export interface EventContext {
  readonly routeKey: string;
  readonly pathParameters: PathParameters;
  readonly requestId: string;
  readonly nowMs: number;
}

/** Headers of one connection, not of the request; and cookies, which payload 2.0 has a list of their own for. */
const withheldHeaders = new Set(['connection', 'cookie', 'expect', 'keep-alive', 'te', 'transfer-encoding', 'upgrade']);

/** The event of payload format 2.0 that an HTTP API makes of a request. */
export function payloadV2(request: ReceivedRequest, context: EventContext): APIGatewayProxyEventV2 {
  const { path, query } = splitUrl(request.url);
  const headers = collectHeaders(request.rawHeaders);
  const cookies = headers.get('cookie')?.split(/; */);
  const queryParameters = collectQuery(query);
  for (const name of withheldHeaders) headers.delete(name);
  headers.set('content-length', String(request.body.byteLength));
  headers.set('x-forwarded-for', request.sourceIp);
  headers.set('x-forwarded-proto', 'http');
  const domainName = headers.get('host') ?? 'localhost';
  return {
    version: '2.0',
    routeKey: context.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookies === undefined ? {} : { cookies }),
    headers: Object.fromEntries(headers),
    ...(queryParameters === undefined ? {} : { queryStringParameters: queryParameters }),
    requestContext: {
      accountId: localAccount,
      apiId: 'local',
      domainName,
      domainPrefix: 'local',
      http: {
        method: request.method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.sourceIp,
        userAgent: headers.get('user-agent') ?? '',
      },
      requestId: context.requestId,
      routeKey: context.routeKey,
      stage: '$default',
      time: commonLogTime(context.nowMs),
      timeEpoch: context.nowMs,
    },
    ...(Object.keys(context.pathParameters).length === 0 ? {} : { pathParameters: { ...context.pathParameters } }),
    ...encodeBody(request.body, headers.get('content-type')),
  };
}

/** Types whose bodies API Gateway hands on as text; any other comes base64, and so does a body without a type. */
const textType = /^(?:text\/.*|application\/(?:json|[^/]+\+json|xml|[^/]+\+xml|javascript|x-www-form-urlencoded))$/;

function encodeBody(body: Uint8Array, contentType = ''): { body?: string; isBase64Encoded: boolean } {
  if (body.byteLength === 0) return { isBase64Encoded: false };
  const mediaType = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  // What AWS makes of a text type whose bytes are not UTF-8 is not documented. Base64 is the safe side: a string would
  // have lost the bytes before the function could see them.
  const text = textType.test(mediaType) ? decodeUtf8(body) : undefined;
  if (text !== undefined) return { body: text, isBase64Encoded: false };
  return { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
}

/** HTTP APIs decode the path before they match it. */
export function splitUrl(url: string): { path: string; query: string } {
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  return { path: decodePath(path), query: mark === -1 ? '' : url.slice(mark + 1) };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray percent sign: the path as it came matches no route, which is an honest 404.
    return path;
  }
}

function collectHeaders(rawHeaders: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ','}${value}`);
  }
  return headers;
}

function collectQuery(query: string): Record<string, string> | undefined {
  if (query === '') return undefined;
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = parameters.get(name);
    parameters.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(parameters);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000`, the log format that API Gateway writes times in. */
function commonLogTime(nowMs: number): string {
  const [date = '', time = ''] = new Date(nowMs).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
