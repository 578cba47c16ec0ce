import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as fc from 'fast-check';
import { largestMessageBytes } from '../../lambdas/contract/aws-limits.ts';
import type { IngestRoute } from '../../lambdas/contract/env.ts';
import { attributeBytes, isSqsSafe } from '../../lambdas/contract/message-attributes.ts';
import { answerEvent } from '../../lambdas/ingest/answer-event.ts';
import { parseRelayConfig } from '../../lib/infra/relay-config.ts';
import { senderVerification } from '../../lib/infra/sender-verification.ts';
import { signRequest } from '../../lib/local/sign-request.ts';
import { apiGatewayEvent } from '../support/api-gateway-event.ts';
import { anyStrings, byteStrings, jsonBodies, utf8 } from '../support/arbitraries.ts';
import { unavailable } from '../support/fail-calls.ts';
import { ingestWorld } from '../support/ingest-world.ts';
import { startMs } from '../support/settable-clock.ts';

const secret = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwKpMnQ4vT7xBc1e0Z';

/** API Gateway takes 10 MB, and Lambda 6 MB of event: the body is at most about so long. */
const largestBodyBytes = 6_000_000;

const deliverTo = { url: 'https://crm.example' };
const config = parseRelayConfig(
  {
    routes: {
      messaging: { verify: { kind: 'open-messaging' }, deliverTo },
      hmac: { verify: { kind: 'hmac-sha256', header: 'X-Sig', prefix: 'v1=', encoding: 'base64' }, deliverTo },
      timed: { verify: { kind: 'hmac-sha256', header: 'X-Sig', timestamp: { header: 'X-Time' } }, deliverTo },
      key: { verify: { kind: 'header', header: 'Authorization', prefix: 'Bearer ' }, deliverTo },
      password: { verify: { kind: 'basic' }, allowCidrs: ['203.0.113.0/24', '2001:db8::/32'], deliverTo },
      standard: { verify: { kind: 'standard-webhooks' }, deliverTo },
      unsigned: { verify: { kind: 'none', acceptUnsigned: true }, deliverTo },
      pointed: {
        verify: { kind: 'none', acceptUnsigned: true },
        eventId: { header: 'x-id', pointers: ['/__proto__/id', '/a/0/constructor', '/'] },
        deliverTo,
      },
    },
  },
  'test',
);

const routes = Object.fromEntries(
  Object.entries(config.routes).map(([name, { verify, allowCidrs, eventId }]): [string, IngestRoute] => {
    if (verify === undefined) throw new Error(`route ${name} takes no webhooks`);
    const route = {
      queueUrl: `queue-of-${name}`,
      verify: senderVerification(verify, verify.kind === 'none' ? undefined : 'arn:secret'),
      ...(allowCidrs === undefined ? {} : { allowCidrs }),
      ...(eventId === undefined ? {} : { eventId }),
    };
    return [name, route];
  }),
);

const deepBodies = fc
  .record({
    depth: fc.integer({ min: 1, max: 200_000 }),
    open: fc.constantFrom('[', '{"a":', '[{"id":'),
    closed: fc.boolean(),
  })
  .map(({ depth, open, closed }) => {
    const close = [...open]
      .reverse()
      .flatMap((character) => (character === '[' ? [']'] : character === '{' ? ['}'] : []));
    return utf8(open.repeat(depth) + (closed ? `1${close.join('').repeat(depth)}` : ''));
  });

const hostileBodies = fc
  .constantFrom(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    '{"dedupeKey":{"__proto__":{"polluted":1}}}',
    '{"channel":{"id":"\\ud800"},"type":"\\udc00","id":"\\ud83d"}',
    '{"dedupeKey":"\\u0000\\u0000"}',
    '{"dedupeKey":1e400,"id":123456789012345678901234567890}',
    '{"a":1,"a":2,"dedupeKey":"x","dedupeKey":"y"}',
    '{"channel":{"id":"c","time":""},"type":"Event","id":"i"}',
    '\ufeff{"dedupeKey":"x"}',
    '{"dedupeKey":"x"}\u0000',
    'NaN',
    '"',
  )
  .map(utf8);

const largeBodies = fc
  .tuple(fc.integer({ min: 100_000, max: largestBodyBytes }), fc.integer({ min: 0, max: 255 }))
  .map(([bytes, value]) => new Uint8Array(bytes).fill(value));

const bodies: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 300, arbitrary: byteStrings },
  { weight: 300, arbitrary: jsonBodies },
  { weight: 300, arbitrary: hostileBodies },
  { weight: 20, arbitrary: deepBodies },
  { weight: 3, arbitrary: largeBodies },
);

const headerNames = fc.oneof(
  fc.constantFrom(
    'x-hub-signature-256',
    'x-sig',
    'x-time',
    'x-id',
    'authorization',
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
    'idempotency-key',
    'content-type',
    'content-length',
    'content-encoding',
    'x-forwarded-for',
    '__proto__',
    'constructor',
    'toString',
  ),
  anyStrings,
);

const seconds = String(Math.floor(startMs / 1_000));
const headerValues = fc.oneof(
  anyStrings,
  fc.constantFrom(
    '',
    seconds,
    `${seconds}, ${seconds}`,
    `sha256=${'A'.repeat(43)}=`,
    `v1,${'A'.repeat(43)}=`,
    `v1=${'A'.repeat(43)}=`,
    'a'.repeat(64),
    'Bearer ',
    'Basic ',
    'Basic ====',
    'folded\r\n value',
    'a'.repeat(10_000),
    '9'.repeat(1_000),
  ),
  // Repeated headers arrive joined.
  fc.array(fc.string(), { minLength: 2, maxLength: 4 }).map((values) => values.join(',')),
);

interface FuzzedRequest {
  readonly route: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly genuine: boolean;
  readonly body: Uint8Array;
  readonly encoding: 'text' | 'base64' | 'broken-base64' | 'none';
  readonly sourceIp: string;
}

const requests: fc.Arbitrary<FuzzedRequest> = fc.record({
  route: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...Object.keys(routes)) },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom('__proto__', 'constructor', '', 'Messaging'), anyStrings) },
  ),
  method: fc.oneof(fc.constantFrom('POST', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'), fc.string()),
  headers: fc.dictionary(headerNames, headerValues, { maxKeys: 8 }),
  genuine: fc.boolean(),
  body: bodies,
  encoding: fc.constantFrom('text', 'text', 'text', 'text', 'base64', 'base64', 'broken-base64', 'none'),
  sourceIp: fc.oneof(fc.constantFrom('203.0.113.9', '2001:db8::1'), fc.ipV4(), fc.ipV6(), fc.string()),
});

/** As API Gateway hands it over; now and then as it never would. */
function toEvent({ route, method, headers, genuine, body, encoding, sourceIp }: FuzzedRequest): APIGatewayProxyEventV2 {
  const verify = config.routes[route]?.verify;
  const signature =
    genuine && verify !== undefined ? signRequest(verify, secret, bytesOf(body, encoding), startMs) : {};
  const lowerCase = Object.entries(signature).map(([name, value]) => [name.toLowerCase(), value]);
  const event = apiGatewayEvent(route, {
    headers: { ...headers, ...Object.fromEntries(lowerCase) },
    isBase64Encoded: encoding.endsWith('base64'),
    ...(encoding === 'none' ? {} : { body: textOf(body, encoding) }),
  });
  const { requestContext } = event;
  return { ...event, requestContext: { ...requestContext, http: { ...requestContext.http, method, sourceIp } } };
}

function textOf(body: Uint8Array, encoding: FuzzedRequest['encoding']): string {
  const bytes = Buffer.from(body);
  if (encoding === 'base64') return bytes.toString('base64');
  return encoding === 'broken-base64' ? `${bytes.toString('base64').slice(0, -1)}*\ud800=A` : bytes.toString('utf8');
}

/** The bytes that the function makes of it. */
function bytesOf(body: Uint8Array, encoding: FuzzedRequest['encoding']): Uint8Array {
  return encoding === 'none'
    ? Buffer.of()
    : Buffer.from(textOf(body, encoding), encoding === 'text' ? 'utf8' : 'base64');
}

const services = fc.constantFrom('up', 'up', 'up', 'secrets down', 'queues down', 'all down');
type Services = typeof services extends fc.Arbitrary<infer Value> ? Value : never;

function worldWith(state: Services) {
  const world = ingestWorld({ routes, secrets: async () => [secret] });
  const { ports } = world;
  const down = {
    up: {},
    'secrets down': { secrets: unavailable },
    'queues down': { send: unavailable },
    'all down': {
      secrets: unavailable,
      send: unavailable,
      parked: { put: unavailable },
      payloads: { ...ports.payloads, put: unavailable },
    },
  }[state];
  return { ...world, ports: { ...ports, ...down } };
}

const answers: Readonly<Record<number, RegExp>> = {
  200: /^\{"id":"[\w%:-]{1,200}"\}$/,
  400: /^\{"error":"empty body"\}$/,
  401: /^\{"error":"unauthorized"\}$/,
  403: /^\{"error":"forbidden"\}$/,
  404: /^\{"error":"unknown route"\}$/,
  503: /^\{"error":"not stored, please retry"\}$/,
};

describe('whatever API Gateway hands over', () => {
  test('is stored once and answered 200, or not at all and answered with a fixed text; 503 only if a service is down', async () => {
    const statuses = new Map<number | undefined, number>();
    await fc.assert(
      fc.asyncProperty(requests, services, async (request, state) => {
        const world = worldWith(state);
        const { statusCode, body } = await answerEvent(toEvent(request), world.ports);
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
        expect(body).toMatch(answers[statusCode ?? 0] ?? /never/);
        if (state === 'up') expect(statusCode).not.toBe(503);

        const { queue, parked, payloads } = world;
        expect(queue.sent.length + parked.objects.size).toBe(statusCode === 200 ? 1 : 0);
        expect(payloads.objects.size).toBeLessThanOrEqual(statusCode === 200 ? 1 : 0);
        for (const { message } of queue.sent) {
          expect(Buffer.byteLength(message.body) + attributeBytes(message.attributes)).toBeLessThanOrEqual(
            largestMessageBytes,
          );
          const texts = [message.body, ...Object.values(message.attributes).map(({ value }) => value)];
          expect(texts.filter((text) => text === '' || !isSqsSafe(text))).toEqual([]);
        }
        const logged = JSON.stringify(world.steps);
        expect(logged).not.toContain(secret);
        expect(logged.length).toBeLessThan(1_000);
        expect(Object.keys(Object.prototype)).toEqual([]);
        expect(Reflect.get({}, 'polluted')).toBeUndefined();
      }),
      { numRuns: 10_000 },
    );
    // The requests are only worth something if many get in, and all the ways out are taken.
    expect(statuses.get(200)).toBeGreaterThan(1_000);
    for (const status of Object.keys(answers)) expect(statuses.get(Number(status))).toBeGreaterThan(50);
  }, 180_000);
});
