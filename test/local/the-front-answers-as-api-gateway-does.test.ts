import { afterEach, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { httpFront } from '../../lib/local/http-front.ts';
import { parseRouteKey } from '../../lib/local/http-route.ts';
import type { InvocationResult } from '../../lib/local/invocation.ts';
import { type LoopbackServer, serveOnLoopback } from '../../lib/local/loopback-server.ts';

const servers: LoopbackServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const returning = (value: unknown): InvocationResult => ({ kind: 'returned', value });

async function front(result: InvocationResult = returning({ statusCode: 200, body: 'ok' })) {
  const events: APIGatewayProxyEventV2[] = [];
  const problems: string[] = [];
  const invoke = async (event: APIGatewayProxyEventV2) => {
    events.push(event);
    return result;
  };
  const routes = [{ ...parseRouteKey('POST /webhooks/{route}'), invoke }];
  const server = await serveOnLoopback(
    httpFront({ routes: () => routes, ready: () => ({ ready: true }), onProblem: (line) => problems.push(line) }),
  );
  servers.push(server);
  const post = (body: Uint8Array<ArrayBuffer> | string, type = 'text/plain') =>
    fetch(`${server.url}/webhooks/chat`, { method: 'POST', body, headers: { 'content-type': type } });
  return { url: server.url, events, problems, post };
}

test("the function's answer is passed on", async () => {
  const body = Buffer.from([1, 2, 3]).toString('base64');
  const { post } = await front(
    returning({ statusCode: 503, headers: { 'retry-after': '5' }, body, isBase64Encoded: true }),
  );
  const response = await post('x');
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect([...(await response.bytes())]).toEqual([1, 2, 3]);
});

test('a path without a route is 404, and calls nothing', async () => {
  const { url, events } = await front();
  const response = await fetch(`${url}/other`, { method: 'POST', body: 'x' });
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ message: 'Not Found' });
  expect(events).toEqual([]);
});

test('the ready message is there to be asked for', async () => {
  const { url } = await front();
  expect(await (await fetch(`${url}/_local/ready`)).json()).toEqual({ ready: true });
});

test('before the run is ready every request is 503', async () => {
  const server = await serveOnLoopback(
    httpFront({ routes: () => undefined, ready: () => undefined, onProblem: () => {} }),
  );
  servers.push(server);
  expect((await fetch(`${server.url}/_local/ready`)).status).toBe(503);
});

test.each([
  ['a body over 10 MB', 10 * 1024 * 1024 + 1, 'text/plain'],
  ['an event over 6 MB', 6_291_456, 'text/plain'],
  ['an event over 6 MB once it is base64', 4_800_000, 'application/octet-stream'],
])('%s is 413, and calls nothing', async (_, bytes, type) => {
  const { post, events } = await front();
  const response = await post(Buffer.alloc(bytes, 'x'), type);
  expect(response.status).toBe(413);
  expect(await response.json()).toEqual({ message: 'Request Entity Too Large' });
  expect(events).toEqual([]);
});

test('the largest event that Lambda takes goes through', async () => {
  const { post, events } = await front();
  expect((await post(Buffer.alloc(6_290_000, 'x'))).status).toBe(200);
  expect(events).toHaveLength(1);
});

test.each([
  ['fails', { kind: 'failed', error: 'boom' }, 500, 'Internal Server Error'],
  ['times out', { kind: 'timed-out', afterMs: 9_000 }, 503, 'Service Unavailable'],
  ['returns no HTTP answer', { kind: 'returned', value: { statusCode: 'x' } }, 500, 'Internal Server Error'],
] satisfies [string, InvocationResult, number, string][])(
  'a function that %s is answered for, and the developer told',
  async (_, result, status, message) => {
    const { post, problems } = await front(result);
    const response = await post('x');
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ message });
    expect(problems).toHaveLength(1);
  },
);
