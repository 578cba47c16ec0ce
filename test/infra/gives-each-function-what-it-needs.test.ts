import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { parseBreakerEnv, parseIngestEnv, parseProcessorEnv, parseSweeperEnv } from '../../lambdas/contract/env.ts';
import type { RelayConfigInput } from '../../lib/infra/relay-config.ts';
import { breakerSettings, tickSeconds } from '../../lib/infra/timings.ts';
import { synthesize, twoRoutes } from '../support/synthesized-stack.ts';

const functionSchema = z.object({
  Properties: z.object({
    Description: z.string().optional(),
    Timeout: z.number(),
    TracingConfig: z.object({ Mode: z.string() }).optional(),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});

const invokeConfigSchema = z.object({
  Properties: z.object({
    FunctionName: z.object({ Ref: z.string() }),
    MaximumRetryAttempts: z.number(),
    MaximumEventAgeInSeconds: z.number(),
  }),
});

const functions = functionsOf(twoRoutes);

function functionsOf(config: RelayConfigInput) {
  return Object.values(synthesize(config).findResources('AWS::Lambda::Function')).map(
    (resource) => functionSchema.parse(resource).Properties,
  );
}

const deliverTo = { url: 'https://crm.example' };

function namedRoutes(count: number, route: RelayConfigInput['routes'][string]): RelayConfigInput['routes'] {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`route-${index}`, route]));
}

const everyKind: RelayConfigInput['routes'] = {
  messaging: { verify: { kind: 'open-messaging' }, deliverTo },
  hmac: {
    verify: {
      kind: 'hmac-sha256',
      header: 'X-Sig',
      prefix: 'v1=',
      encoding: 'base64',
      timestamp: { header: 'X-Time', toleranceSeconds: 60 },
    },
    deliverTo,
  },
  key: { verify: { kind: 'header', header: 'Authorization', prefix: 'Bearer ' }, deliverTo },
  password: { verify: { kind: 'basic' }, allowCidrs: ['203.0.113.0/24', '2001:db8::/32'], deliverTo },
  standard: { verify: { kind: 'standard-webhooks' }, deliverTo },
  unsigned: { verify: { kind: 'none', acceptUnsigned: true }, deliverTo },
};

/** The variables of a function, with `<LogicalId>` for what CloudFormation fills in. */
function variablesOf(description: RegExp, among = functions): Record<string, string> {
  const found = among.find(({ Description }) => description.test(Description ?? ''));
  const variables = found?.Environment.Variables ?? {};
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, filledIn(value)]));
}

function timeoutOf(description: RegExp): number | undefined {
  return functions.find(({ Description }) => description.test(Description ?? ''))?.Timeout;
}

const joinSchema = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });

function filledIn(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = joinSchema.safeParse(value);
  if (join.success) return join.data['Fn::Join'][1].map(filledIn).join('');
  return `<${z.object({ Ref: z.string() }).parse(value).Ref}>`;
}

describe('the ingest function', () => {
  test('finds every route in its environment, in the shape it parses', () => {
    const env = parseIngestEnv(variablesOf(/^Verifies webhooks/));
    expect(env.INLINE_LIMIT_BYTES).toBe(262_144);
    expect(env.ROUTES).toEqual({
      'open-messaging': {
        queueUrl: expect.stringMatching(/^<openmessagingQueue/),
        verify: { kind: 'open-messaging', secretArn: expect.stringMatching(/^<openmessagingSecret/) },
      },
      telemetry: {
        queueUrl: expect.stringMatching(/^<telemetryQueue/),
        verify: { kind: 'none' },
        eventId: { pointers: ['/id'] },
      },
    });
  });

  test('finds the header names of each kind of verification in lower case, and a secret for each but none', () => {
    const secrets = Object.keys(synthesize({ routes: everyKind }).findResources('AWS::SecretsManager::Secret'));
    expect(secrets.filter((id) => !id.includes('SigningSecret'))).toHaveLength(5);
    const env = parseIngestEnv(variablesOf(/^Verifies webhooks/, functionsOf({ routes: everyKind })));
    const secretArn = expect.stringMatching(/^<\w+Secret/);
    expect(Object.fromEntries(Object.entries(env.ROUTES).map(([name, { verify }]) => [name, verify]))).toEqual({
      messaging: { kind: 'open-messaging', secretArn },
      hmac: {
        kind: 'hmac-sha256',
        secretArn,
        header: 'x-sig',
        prefix: 'v1=',
        encoding: 'base64',
        timestamp: { header: 'x-time', toleranceSeconds: 60 },
      },
      key: { kind: 'header', secretArn, header: 'authorization', prefix: 'Bearer ' },
      password: { kind: 'basic', secretArn, username: 'genesys' },
      standard: { kind: 'standard-webhooks', secretArn },
      unsigned: { kind: 'none' },
    });
    expect(env.ROUTES.password?.allowCidrs).toEqual(['203.0.113.0/24', '2001:db8::/32']);
    expect(env.ROUTES.unsigned?.allowCidrs).toBeUndefined();
  });

  test('is given up in time for Genesys to have our own answer', () => {
    expect(timeoutOf(/^Verifies webhooks/)).toBe(8);
  });

  test('refuses to synthesize with more routes than its environment holds', () => {
    const route = { verify: { kind: 'open-messaging' as const }, deliverTo };
    expect(() => synthesize({ routes: namedRoutes(12, route) })).toThrow(
      /^12 routes: about \d+ bytes .*another stackName/,
    );
  });
});

test('every function knows the stack, whose name its metrics go by', () => {
  expect(functions.map(({ Environment }) => Environment.Variables.STACK_NAME)).toEqual(
    Array.from({ length: 5 }, () => 'TestRelay'),
  );
});

describe('X-Ray', () => {
  const traced = functionsOf({ ...twoRoutes, tracing: true });
  const isOnTheWay = /^(?:Verifies webhooks|Delivers the webhooks)/;

  test('traces nothing if nobody asks for it', () => {
    expect(functions.flatMap(({ TracingConfig }) => TracingConfig ?? [])).toEqual([]);
    expect(functions.filter(({ Environment }) => 'TRACING' in Environment.Variables)).toEqual([]);
  });

  test('traces the functions on the way of a webhook, which know it, and no other', () => {
    const expected = traced.map(({ Description = '' }) =>
      isOnTheWay.test(Description) ? [Description, { Mode: 'Active' }, 'active'] : [Description, undefined, undefined],
    );
    const actual = traced.map(({ Description = '', TracingConfig, Environment }) => [
      Description,
      TracingConfig,
      Environment.Variables.TRACING,
    ]);
    expect(actual).toEqual(expected);
    expect(actual.filter(([, tracing]) => tracing !== undefined)).toHaveLength(3);
    expect(parseIngestEnv(variablesOf(/^Verifies webhooks/, traced)).TRACING).toBe('active');
    expect(parseProcessorEnv(variablesOf(/^Delivers .* telemetry$/, traced)).TRACING).toBe('active');
  });
});

test('a stack holds nine routes', () => {
  const route = { verify: { kind: 'open-messaging' as const }, deliverTo };
  expect(() => synthesize({ routes: namedRoutes(9, route) })).not.toThrow();
});

describe('the processor of a route', () => {
  test('refuses to synthesize with more headers than its environment holds', () => {
    const headers = { authorization: 'x'.repeat(4_000) };
    const route = { verify: { kind: 'open-messaging' as const }, deliverTo: { ...deliverTo, headers } };
    expect(() => synthesize({ routes: { big: route } })).toThrow(
      /^route big: about \d+ bytes for a function's environment, .* shorten deliverTo\.url or deliverTo\.headers$/,
    );
  });

  test('knows its queues, its destination and its timings', () => {
    const env = parseProcessorEnv(variablesOf(/^Delivers the webhooks of route telemetry$/));
    expect(env).toMatchObject({
      ROUTE: 'telemetry',
      QUEUE_URL: expect.stringMatching(/^<telemetryQueue/),
      DEAD_LETTER_QUEUE_URL: expect.stringMatching(/^<telemetryDeadLetterQueue/),
      DESTINATION: { url: 'http://10.1.2.3/events', timeoutSeconds: 3, headers: {}, reach: 'private-network' },
      SIGNING_SECRET_ARN: expect.stringMatching(/^<telemetrySigningSecret/),
      RETRY: { maxAttempts: 4, baseSeconds: 1, capSeconds: 60 },
      BREAKER: breakerSettings,
      MAX_CONCURRENCY: 10,
      RENEW_AFTER_RECEIVES: 24,
      LEASE_SECONDS: 18,
      QUEUE_RETENTION_SECONDS: 604_800,
      DEDUPE_SECONDS: 1_900_800,
    });
    expect(env.DESTINATION.signatureHeader).toBeUndefined();
  });

  test('of a signed route passes the signature header on', () => {
    const env = parseProcessorEnv(variablesOf(/^Delivers the webhooks of route open-messaging/));
    expect(env.DESTINATION).toEqual({
      url: 'https://crm.example/events',
      timeoutSeconds: 10,
      headers: { 'x-api-key': 'k' },
      signatureHeader: 'x-hub-signature-256',
    });
  });

  test('is told which headers are secrets, and may read these', () => {
    const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:crm/token-a1B2c3';
    const headers = { authorization: { secretArn }, 'x-tenant': '7' };
    const route = { verify: { kind: 'open-messaging' as const }, deliverTo: { ...deliverTo, headers } };
    const template = synthesize({ routes: { orders: route } });
    const variables = Object.values(template.findResources('AWS::Lambda::Function')).map(
      (resource) => functionSchema.parse(resource).Properties.Environment.Variables.DESTINATION,
    );
    expect(variables.filter((variable) => variable !== undefined).map((text) => JSON.parse(String(text)))).toEqual([
      expect.objectContaining({ headers: { 'x-tenant': '7' }, secretHeaders: { authorization: secretArn } }),
    ]);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: Match.arrayWith([secretArn]) },
        ]),
      },
    });
  });

  test('stops at the timeout that its lease and visibility timeout were derived from', () => {
    expect(timeoutOf(/^Delivers the webhooks of route telemetry$/)).toBe(18);
    expect(timeoutOf(/^Delivers the webhooks of route open-messaging$/)).toBe(25);
  });
});

describe('the breaker', () => {
  const description = /^Pauses routes whose destination is down/;

  test('knows the queue, the event source mapping, the processor and the concurrency of every route', () => {
    const env = parseBreakerEnv(variablesOf(description));
    expect(env).toEqual({
      ROUTES: {
        'open-messaging': {
          queueUrl: expect.stringMatching(/^<openmessagingQueue/),
          mappingId: expect.stringMatching(/^<openmessagingProcessorSqsEventSource/),
          processorName: expect.stringMatching(/^<openmessagingProcessor[0-9A-F]{8}>$/),
          maxConcurrency: 7,
        },
        telemetry: {
          queueUrl: expect.stringMatching(/^<telemetryQueue/),
          mappingId: expect.stringMatching(/^<telemetryProcessorSqsEventSource/),
          processorName: expect.stringMatching(/^<telemetryProcessor[0-9A-F]{8}>$/),
          maxConcurrency: 10,
        },
      },
      BREAKER: breakerSettings,
      DELIVERY_TABLE: expect.stringMatching(/^<DeliveriesTable/),
      PAYLOAD_BUCKET: expect.stringMatching(/^<PayloadsBucket/),
      QUEUE_RETENTION_SECONDS: 604_800,
      STACK_NAME: 'TestRelay',
    });
  });

  test('goes by the same settings and the same concurrency as the processors', () => {
    const breaker = parseBreakerEnv(variablesOf(description));
    for (const route of ['open-messaging', 'telemetry']) {
      const processor = parseProcessorEnv(variablesOf(new RegExp(`^Delivers the webhooks of route ${route}$`)));
      expect(processor.BREAKER).toEqual(breaker.BREAKER);
      expect(processor.MAX_CONCURRENCY).toBe(breaker.ROUTES[route]?.maxConcurrency);
    }
  });

  test('refuses to synthesize with more routes than its environment holds, which is fewer than ingest could hold', () => {
    const route = { verify: { kind: 'none' as const, acceptUnsigned: true as const }, deliverTo };
    expect(() => synthesize({ routes: namedRoutes(12, route) })).toThrow(
      /^12 routes: about \d+ bytes .*another stackName/,
    );
  });

  test('has time for the slowest processor', () => {
    expect(timeoutOf(description)).toBe(55);
    const slow = functionsOf({
      routes: {
        slow: { verify: { kind: 'open-messaging' }, deliverTo: { url: 'https://a.example', timeoutSeconds: 60 } },
      },
    });
    expect(slow.find(({ Description = '' }) => description.test(Description))?.Timeout).toBe(90);
  });
});

describe('the sweeper', () => {
  const description = /^Puts spilled webhooks on their queues$/;

  test('knows the bucket and the queue of every route', () => {
    expect(parseSweeperEnv(variablesOf(description))).toEqual({
      STACK_NAME: 'TestRelay',
      PAYLOAD_BUCKET: expect.stringMatching(/^<PayloadsBucket/),
      QUEUES: {
        'open-messaging': expect.stringMatching(/^<openmessagingQueue/),
        telemetry: expect.stringMatching(/^<telemetryQueue/),
      },
    });
  });

  test('is over before it is started again', () => {
    expect(timeoutOf(description)).toBeLessThan(60);
  });
});

test('a tick that failed is not repeated, nor one kept for later: the next one comes in a minute', () => {
  const template = synthesize(twoRoutes);
  const configs = Object.values(template.findResources('AWS::Lambda::EventInvokeConfig')).map(
    (resource) => invokeConfigSchema.parse(resource).Properties,
  );
  expect(configs.map(({ FunctionName }) => FunctionName.Ref.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
    'BreakerFunction',
    'SpillFunction',
  ]);
  for (const config of configs) {
    expect(config).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: tickSeconds });
  }
});
