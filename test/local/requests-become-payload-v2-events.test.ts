import { describe, expect, test } from '@jest/globals';
import { matchRoute, parseRouteKey } from '../../lib/local/http-route.ts';
import { payloadV2, type ReceivedRequest } from '../../lib/local/payload-v2.ts';

const context = {
  routeKey: 'POST /webhooks/{route}',
  pathParameters: { route: 'chat' },
  requestId: 'request-1',
  nowMs: Date.UTC(2026, 2, 4, 10, 15, 22),
};

function request(changes: Partial<ReceivedRequest> = {}): ReceivedRequest {
  return {
    method: 'POST',
    url: '/webhooks/chat',
    httpVersion: '1.1',
    rawHeaders: ['Host', 'relay.example', 'User-Agent', 'Genesys', 'Content-Type', 'application/json'],
    sourceIp: '127.0.0.1',
    body: Buffer.from('{"a":1}'),
    ...changes,
  };
}

const event = (changes: Partial<ReceivedRequest> = {}) => payloadV2(request(changes), context);

test('an event says what API Gateway says', () => {
  expect(event({ url: '/webhooks/chat?b=2&a=1&b=3' })).toMatchObject({
    version: '2.0',
    routeKey: 'POST /webhooks/{route}',
    rawPath: '/webhooks/chat',
    rawQueryString: 'b=2&a=1&b=3',
    queryStringParameters: { a: '1', b: '2,3' },
    pathParameters: { route: 'chat' },
    headers: { host: 'relay.example', 'content-length': '7' },
    requestContext: {
      http: {
        method: 'POST',
        path: '/webhooks/chat',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'Genesys',
      },
      requestId: 'request-1',
      stage: '$default',
      time: '04/Mar/2026:10:15:22 +0000',
      timeEpoch: context.nowMs,
    },
    body: '{"a":1}',
    isBase64Encoded: false,
  });
});

describe('headers', () => {
  test('are in lower case, repeated ones joined with commas', () => {
    expect(event({ rawHeaders: ['X-Tag', 'a', 'x-tag', 'b'] }).headers).toMatchObject({ 'x-tag': 'a,b' });
  });

  test('of the connection are left out, and cookies have a list of their own', () => {
    const { headers, cookies } = event({ rawHeaders: ['Connection', 'close', 'Cookie', 'a=1; b=2', 'Cookie', 'c=3'] });
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['connection']));
    expect(headers).not.toHaveProperty('cookie');
    expect(cookies).toEqual(['a=1', 'b=2', 'c=3']);
  });
});

describe('a body', () => {
  const text = Buffer.from('snow \u2603 \u{1F600}');

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/cloudevents+json',
    'application/xml',
    'application/javascript',
    'application/x-www-form-urlencoded',
    'TEXT/plain',
  ])('of type %s is text', (type) => {
    expect(event({ rawHeaders: ['Content-Type', type], body: text })).toMatchObject({
      body: 'snow \u2603 \u{1F600}',
      isBase64Encoded: false,
    });
  });

  test.each([['application/octet-stream'], ['image/png'], [undefined]])('of type %s is base64', (type) => {
    const rawHeaders = type === undefined ? [] : ['Content-Type', type];
    expect(event({ rawHeaders, body: text })).toMatchObject({ body: text.toString('base64'), isBase64Encoded: true });
  });

  test('of a text type that is not UTF-8 is base64: nothing may be lost before the function sees it', () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(event({ body })).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
  });

  test('keeps its byte order mark', () => {
    expect(event({ body: Buffer.from('\uFEFF{}') }).body).toBe('\uFEFF{}');
  });

  test('that is empty is none', () => {
    expect(event({ body: Buffer.alloc(0) })).not.toHaveProperty('body');
  });
});

describe('a route key', () => {
  const route = parseRouteKey('POST /webhooks/{route}');

  test.each([
    ['POST', '/webhooks/chat', { route: 'chat' }],
    ['GET', '/webhooks/chat', undefined],
    ['POST', '/webhooks/', undefined],
    ['POST', '/webhooks/chat/more', undefined],
    ['POST', '/other/chat', undefined],
  ])('serves %s %s: %j', (method, path, expected) => {
    expect(matchRoute(route, method, path)).toEqual(expected);
  });

  test.each(['$default', 'ANY /{proxy+}'])('%s is refused by name', (key) => {
    expect(() => parseRouteKey(key)).toThrow(key);
  });
});
