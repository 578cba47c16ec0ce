import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../lib/infra/config-error.ts';
import { parseRelayConfig } from '../../lib/infra/relay-config.ts';

const deliverTo = { url: 'https://crm.example/events' };
const verify = { kind: 'open-messaging' };
const route = (overrides: object) => ({ routes: { orders: { verify, deliverTo, ...overrides } } });
const sourceName = 'aws.partner/genesys.com/cloud/5e0a2f9c-1111-4c3d-9b7e-0d7f6c2a9e55/ingest-prod';
const busOnly = (overrides: object) => ({
  routes: { orders: { eventBridge: { sourceName }, deliverTo, ...overrides } },
});

/** A configuration, and the one line it is refused with. */
const refusals: readonly [name: string, config: unknown, message: string | RegExp][] = [
  ['no object', [], /^c\.ts: the configuration is \[\]: must be an object with: stackName, routes/],
  ['nothing', undefined, /^c\.ts: the configuration is missing: must be an object/],
  [
    'a stack name with a space',
    { ...route({}), stackName: 'my stack' },
    'c.ts: stackName is "my stack": letters, digits and dashes, a letter first',
  ],
  ['no routes', { routes: {} }, 'c.ts: routes is {}: must hold at least one route'],
  [
    'an unknown key',
    { ...route({}), inlineLimitByte: 3 },
    'c.ts: inlineLimitByte is 3: unknown key; allowed: stackName, routes, inlineLimitBytes, throttle, ingestConcurrency, tracing, alarms, dashboard, encryption, dataOnDestroy',
  ],
  [
    'an unknown key deep inside',
    route({ retry: { maxAttemps: 3 } }),
    'c.ts: routes.orders.retry.maxAttemps is 3: unknown key; allowed: maxAttempts, baseSeconds, capSeconds',
  ],
  [
    'an http URL',
    route({ deliverTo: { url: 'http://crm.example' } }),
    'c.ts: routes.orders.deliverTo.url is "http://crm.example": must start with https:// (http:// needs allowPrivateNetwork: true)',
  ],
  [
    'a private address, in any form',
    route({ deliverTo: { url: 'https://0xa.1' } }),
    'c.ts: routes.orders.deliverTo.url is "https://0xa.1": must lead to a public address (a private one needs allowPrivateNetwork: true)',
  ],
  [
    'the address of instance metadata',
    route({ deliverTo: { url: 'http://169.254.169.254/', allowPrivateNetwork: true } }),
    /deliverTo\.url is "http:\/\/169\.254\.169\.254\/": must not lead to an address that is no endpoint$/,
  ],
  [
    'a header whose secret is not named in full',
    route({ deliverTo: { ...deliverTo, headers: { authorization: { secretArn: 'crm/token' } } } }),
    /headers\.authorization\.secretArn is "crm\/token": must be the whole ARN of a secret in Secrets Manager$/,
  ],
  [
    'a header of another kind',
    route({ deliverTo: { ...deliverTo, headers: { 'x-tenant': 7 } } }),
    /headers\.x-tenant is 7: must be printable ASCII, or \{ secretArn: '…' \}$/,
  ],
  ['another scheme', route({ deliverTo: { url: 'ftp://crm.example' } }), /url is "ftp:.*: must start with https:\/\/$/],
  ['a relative URL', route({ deliverTo: { url: '/events' } }), /url is "\/events": must be an absolute URL/],
  [
    'no URL',
    route({ deliverTo: {} }),
    'c.ts: routes.orders.deliverTo.url is missing: must be the URL of your endpoint',
  ],
  [
    'credentials in the URL, which are not repeated',
    route({ deliverTo: { url: 'https://user:hunter2@crm.example' } }),
    'c.ts: routes.orders.deliverTo.url is "https://…@crm.example": must not hold credentials; put them into deliverTo.headers',
  ],
  [
    'neither a way in for webhooks nor a bus',
    { routes: { orders: { deliverTo } } },
    /^c\.ts: routes\.orders\.verify is missing: must be \{ kind: 'open-messaging' \}, 'hmac-sha256', /,
  ],
  [
    'addresses to let in where nothing can be posted',
    busOnly({ allowCidrs: ['203.0.113.0/24'] }),
    'c.ts: routes.orders.allowCidrs is ["203.0.113.0/24"]: is about webhooks, which a route without verify does not take',
  ],
  [
    'a custom bus',
    route({ eventBridge: { sourceName: 'my-bus' } }),
    'c.ts: routes.orders.eventBridge.sourceName is "my-bus": must be the name of a Genesys event source: \'aws.partner/genesys.com/cloud/ORGANISATION-ID/SUFFIX\' (ORGANISATION-ID is a UUID in lower case)',
  ],
  [
    'the source of another partner',
    route({ eventBridge: { sourceName: sourceName.replace('genesys.com/cloud', 'shopify.com') } }),
    /sourceName is "aws\.partner\/shopify\.com\/.*: must be the name of a Genesys event source: /,
  ],
  [
    'an event source without its suffix',
    route({ eventBridge: { sourceName: sourceName.replace('/ingest-prod', '') } }),
    /sourceName is .*: must be the name of a Genesys event source: /,
  ],
  ['no event source', route({ eventBridge: {} }), /eventBridge\.sourceName is missing: /],
  [
    'a topic that is none',
    route({ eventBridge: { sourceName, topics: ['customer.end'] } }),
    /topics\.0 is "customer\.end": must be a topic as Genesys lists them, such as 'v2\./,
  ],
  [
    'a topic with the id of one conversation',
    route({ eventBridge: { sourceName, topics: ['v2.users.0c4a6b1e-7f3d-4b0e-8a3c-51d0b9f7e2aa.presence'] } }),
    /topics\.0 is "v2\.users\..*: must have \{id\} in place of the id$/,
  ],
  ['an empty list of topics', route({ eventBridge: { sourceName, topics: [] } }), /topics is \[\]: must hold a topic/],
  [
    'more topics than a rule can hold',
    route({ eventBridge: { sourceName, topics: Array.from({ length: 80 }, (_, n) => `v2.users.{id}.presence.${n}`) } }),
    /topics is \[.*: must be at most 1800 characters in all, because EventBridge takes no longer pattern/,
  ],
  [
    'another part of an event',
    route({ eventBridge: { sourceName, deliver: 'body' } }),
    /eventBridge\.deliver is "body": must be 'envelope' \(the whole event\) or 'detail' /,
  ],
  [
    'an unsigned route that does not say so',
    route({ verify: { kind: 'none' } }),
    /^c\.ts: routes\.orders\.verify\.acceptUnsigned is missing: must be true/,
  ],
  ['an unknown kind of verification', route({ verify: { kind: 'md5' } }), /verify\.kind is "md5": must be \{ kind: /],
  ['a signature in an unknown header', route({ verify: { kind: 'hmac-sha256' } }), /verify\.header is missing: /],
  [
    'a signature in an encoding that is none',
    route({ verify: { kind: 'hmac-sha256', header: 'x-signature', encoding: 'base32' } }),
    /verify\.encoding is "base32": must be 'hex' or 'base64'$/,
  ],
  [
    'a tolerance of days',
    route({
      verify: { kind: 'hmac-sha256', header: 'x-signature', timestamp: { header: 'x-time', toleranceSeconds: 86_400 } },
    }),
    /toleranceSeconds is 86400: must be a whole number from 1 to 3600$/,
  ],
  [
    'a credential where event ids are looked for',
    route({ verify: { kind: 'header', header: 'Webhook-Id' } }),
    /verify\.header is "Webhook-Id": must be a header that neither HTTP nor the relay uses for something else$/,
  ],
  [
    'a user name with a colon',
    route({ verify: { kind: 'basic', username: 'a:b' } }),
    /verify\.username is "a:b": must be 1 to 64 printable/,
  ],
  [
    'a credential as the event id',
    route({ verify: { kind: 'header', header: 'X-Api-Key' }, eventId: { header: 'x-api-key' } }),
    /eventId\.header is "x-api-key": must not be the credential: event ids are logged and passed on$/,
  ],
  [
    'a password as the event id',
    route({ verify: { kind: 'basic' }, eventId: { header: 'Authorization' } }),
    /eventId\.header is "Authorization": must not be the credential/,
  ],
  [
    'a signature as the event id',
    route({ verify: { kind: 'hmac-sha256', header: 'X-Signature' }, eventId: { header: 'x-signature' } }),
    /eventId\.header is "x-signature": must not be the signature: it can be written in several ways/,
  ],
  [
    "Genesys's signature as the event id",
    route({ eventId: { header: 'X-Hub-Signature-256' } }),
    /eventId\.header is "X-Hub-Signature-256": must not be the signature/,
  ],
  [
    'a list of signatures as the event id',
    route({ verify: { kind: 'standard-webhooks' }, eventId: { header: 'webhook-signature' } }),
    /eventId\.header is "webhook-signature": must not be the signature/,
  ],
  [
    "a header in place of the sender's signature",
    route({
      verify: { kind: 'hmac-sha256', header: 'X-Signature' },
      deliverTo: { ...deliverTo, headers: { 'x-signature': 'mine' } },
    }),
    /deliverTo\.headers\.x-signature is "…": is the sender's signature/,
  ],
  [
    'a route name that is no path',
    { routes: { 'A b': { verify, deliverTo } } },
    /^c\.ts: routes has the key "A b": route names are lower-case letters, digits and dashes/,
  ],
  [
    'a header of the relay',
    route({ deliverTo: { ...deliverTo, headers: { 'Webhook-ID': '1' } } }),
    /headers\.Webhook-ID is "…": is set/,
  ],
  [
    'a header of the connection',
    route({ deliverTo: { ...deliverTo, headers: { trailer: 'x' } } }),
    /headers\.trailer is "…": is set/,
  ],
  [
    'a header that splits',
    route({ deliverTo: { ...deliverTo, headers: { a: 'b\r\nc: d' } } }),
    /must be printable ASCII/,
  ],
  [
    'a timeout of 0',
    route({ deliverTo: { ...deliverTo, timeoutSeconds: 0 } }),
    /timeoutSeconds is 0: .* from 1 to 60$/,
  ],
  [
    'a fraction',
    route({ deliverTo: { ...deliverTo, timeoutSeconds: 1.5 } }),
    /timeoutSeconds is 1\.5: must be a whole number/,
  ],
  ['a concurrency that Lambda refuses', route({ deliverTo: { ...deliverTo, maxConcurrency: 1 } }), /from 2 to 1000$/],
  [
    'a base above the cap',
    route({ retry: { baseSeconds: 50, capSeconds: 5 } }),
    'c.ts: routes.orders.retry.baseSeconds is 50: must be at most retry.capSeconds (5)',
  ],
  [
    'a schedule that outlives the queue',
    route({ retry: { maxAttempts: 60 } }),
    /^c\.ts: routes\.orders\.retry is "1035155 s in all": must be a schedule under 604800 s in all, because SQS/,
  ],
  ['a backoff beyond SQS', route({ retry: { capSeconds: 43_201 } }), /capSeconds is 43201: .* from 1 to 43200$/],
  [
    'a memory shorter than a dead letter lives',
    route({ dedupeDays: 21 }),
    /dedupeDays is 21: must be over 21: a dead letter/,
  ],
  [
    'an inline limit above SQS',
    { ...route({}), inlineLimitBytes: 1_048_576 },
    /inlineLimitBytes is 1048576: .* to 1042432/,
  ],
  ['no ranges', route({ allowCidrs: [] }), /allowCidrs is \[\]: must hold a range, or be left out/],
  ['an address', route({ allowCidrs: ['203.0.113.7'] }), /allowCidrs\.0 is "203\.0\.113\.7": must be an address range/],
  ['a range too narrow', route({ allowCidrs: ['203.0.113.0/24', '203.0.113.0/33'] }), /allowCidrs\.1 is .* such as/],
  ['a range in octal', route({ allowCidrs: ['0203.0.113.0/24'] }), /allowCidrs\.0 is "0203/],
  ['a range of a zone', route({ allowCidrs: ['fe80::1%eth0/64'] }), /allowCidrs\.0 is "fe80/],
  ['a range without a length', route({ allowCidrs: ['203.0.113.0/'] }), /allowCidrs\.0 is/],
  ['a range of ranges', route({ allowCidrs: ['10.0.0.0/8/8'] }), /allowCidrs\.0 is/],
  ['an event id from nowhere', route({ eventId: {} }), /eventId is \{\}: must name a header, pointers, or both$/],
  [
    'a pointer that is none',
    route({ eventId: { pointers: ['a/b'] } }),
    /pointers\.0 is "a\/b": must be a JSON pointer/,
  ],
  [
    'a mail address that is none',
    { ...route({}), alarms: { email: 'ops' } },
    /alarms\.email is "ops": must be an e-mail/,
  ],
  [
    'a throttle of nothing',
    { ...route({}), throttle: { ratePerSecond: 0 } },
    /throttle\.ratePerSecond is 0: must be a whole number from 1 to 10000$/,
  ],
  ['no concurrency at all', { ...route({}), ingestConcurrency: 0 }, /ingestConcurrency is 0: .* from 1 to 10000$/],
  ['tracing that is neither', { ...route({}), tracing: 'x-ray' }, /tracing is "x-ray": must be true or false$/],
  ['a key that nobody has', { ...route({}), encryption: 'none' }, /encryption is "none": must be 'aws' \(/],
  [
    'a fate of the data that is none',
    { ...route({}), dataOnDestroy: 'keep' },
    /dataOnDestroy is "keep": must be 'retain'/,
  ],
  ['a dashboard by name', { ...route({}), dashboard: 'relay' }, 'c.ts: dashboard is "relay": must be true or false'],
];

/** Where somebody may have put a credential. */
const credentials: readonly [where: string, config: unknown][] = [
  ...[
    'https://user:hunter2@crm.example',
    'https://user:p@hunter2@crm.example',
    'https://user:"hunter2"@crm.example',
    'https://user:hunt/hunter2@crm.example',
    'https:\\\\user:hunter2@crm.example',
    'https:/user:hunter2@crm.example',
    'https:user:hunter2@crm.example',
    ' https://user:hunter2@crm.example',
    'https://user\n:hunter2@crm.example',
    'http://crm.example/?token=hunter2',
    'ftp://crm.example/a?b=c&token=hunter2',
  ].map((url): [string, unknown] => [url, route({ deliverTo: { url } })]),
  ...[
    { authorization: 'Bearer hunter2é' },
    { 'webhook-signature': 'hunter2' },
    { a: { value: 'hunter2' } },
    'hunter2',
  ].map((headers): [string, unknown] => [
    `headers ${JSON.stringify(headers)}`,
    route({ deliverTo: { ...deliverTo, headers } }),
  ]),
  ['a key of verify', route({ verify: { kind: 'basic', password: 'hunter2' } })],
  ['a key of deliverTo', route({ deliverTo: { ...deliverTo, auth: { user: 'a', password: ['hunter2'] } } })],
];

test.each(credentials)('a credential is not repeated in what it is refused with: %s', (_where, config) => {
  expect(refusalOf(config).message).toMatch(/^c\.ts: routes\.orders\.(?:deliverTo|verify)\.\w+/);
  expect(refusalOf(config).message).not.toContain('hunter2');
});

describe('a wrong configuration is refused with one line that names the key, the value and what is allowed', () => {
  test.each(refusals)('%s', (_name, config, message) => {
    const refusal = refusalOf(config);
    expect(refusal).toBeInstanceOf(ConfigError);
    expect(refusal.message).toMatch(message);
    expect(refusal.message).not.toContain('\n');
  });

  test('of several problems each has a line, unknown keys too', () => {
    const refusal = refusalOf({
      ...route({ retry: { maxAttempts: 0 }, verify: { kind: 'md5' } }),
      inlineLimitByte: 3,
      alarm: {},
    });
    const allowed =
      'unknown key; allowed: stackName, routes, inlineLimitBytes, throttle, ingestConcurrency, tracing, alarms, dashboard, encryption, dataOnDestroy';
    const [heading, ...lines] = refusal.message.split('\n');

    expect(heading).toBe('c.ts: 4 problems');
    expect(lines.toSorted()).toEqual([
      `  alarm is {}: ${allowed}`,
      `  inlineLimitByte is 3: ${allowed}`,
      '  routes.orders.retry.maxAttempts is 0: must be a whole number from 1 to 484',
      expect.stringMatching(/^ {2}routes\.orders\.verify\.kind is "md5": must be /),
    ]);
  });

  test('no more than ten are listed, and the others counted', () => {
    const routes = Object.fromEntries(
      Array.from({ length: 13 }, (_, index) => [`route-${index}`, { verify, deliverTo, dedupeDays: 1 }]),
    );
    const lines = refusalOf({ routes }).message.split('\n');

    expect(lines).toHaveLength(12);
    expect(lines[0]).toBe('c.ts: 13 problems');
    expect(lines[10]).toMatch(/^ {2}routes\.route-9\.dedupeDays is 1: /);
    expect(lines[11]).toBe('  and 3 more');
  });
});

test('a minimal configuration gets the documented defaults', () => {
  expect(parseRelayConfig(route({}), 'c.ts')).toEqual({
    stackName: 'GenesysWebhookRelay',
    routes: {
      orders: {
        verify,
        deliverTo: {
          ...deliverTo,
          timeoutSeconds: 10,
          headers: {},
          maxConcurrency: 10,
          allowPrivateNetwork: false,
          sign: true,
        },
        retry: { maxAttempts: 10, baseSeconds: 5, capSeconds: 21_600 },
        dedupeDays: 30,
      },
    },
    inlineLimitBytes: 262_144,
    throttle: { ratePerSecond: 2_000, burst: 1_000 },
    alarms: {},
    encryption: 'aws',
    dashboard: true,
    dataOnDestroy: 'retain',
    tracing: false,
  });
});

test.each([
  [
    { kind: 'hmac-sha256', header: 'X-Sig' },
    { kind: 'hmac-sha256', header: 'X-Sig', prefix: '', encoding: 'hex' },
  ],
  [
    { kind: 'hmac-sha256', header: 'X-Hub-Signature-256', timestamp: { header: 'X-Time' } },
    { prefix: '', encoding: 'hex', timestamp: { header: 'X-Time', toleranceSeconds: 300 } },
  ],
  [
    { kind: 'header', header: 'Authorization', prefix: 'Bearer ' },
    { kind: 'header', header: 'Authorization', prefix: 'Bearer ' },
  ],
  [{ kind: 'basic' }, { kind: 'basic', username: 'genesys' }],
  [{ kind: 'standard-webhooks' }, { kind: 'standard-webhooks' }],
])('the verification %j is filled in with its defaults', (given, filledIn) => {
  expect(parseRelayConfig(route({ verify: given }), 'c.ts').routes.orders?.verify).toMatchObject(filledIn);
});

test('a route can do without verify where it gets its events from a bus', () => {
  const parsed = parseRelayConfig(busOnly({}), 'c.ts').routes.orders;
  expect(parsed).toMatchObject({ eventBridge: { sourceName, deliver: 'envelope' } });
  expect(parsed?.verify).toBeUndefined();
});

test('plain http is allowed where the config says that the network is private', () => {
  const config = route({ deliverTo: { url: 'http://10.0.0.8/events', allowPrivateNetwork: true } });
  expect(parseRelayConfig(config, 'c.ts').routes.orders?.deliverTo.url).toBe('http://10.0.0.8/events');
});

function refusalOf(config: unknown): Error {
  try {
    parseRelayConfig(config, 'c.ts');
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('the configuration was accepted');
}
