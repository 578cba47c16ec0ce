import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { parseIngestEnv, parseProcessorEnv, parseSweeperEnv } from '../../lambdas/contract/env.ts';
import { synthesize } from '../support/synthesized-stack.ts';

const functionSchema = z.object({
  Properties: z.object({
    Description: z.string().optional(),
    Timeout: z.number(),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});

const functions = Object.values(synthesize().findResources('AWS::Lambda::Function')).map(
  (resource) => functionSchema.parse(resource).Properties,
);

/** The variables of a function, with `<LogicalId>` for what CloudFormation fills in. */
function variablesOf(description: RegExp): Record<string, string> {
  const found = functions.find(({ Description }) => description.test(Description ?? ''));
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

  test('is given up in time for Genesys to have our own answer', () => {
    expect(timeoutOf(/^Verifies webhooks/)).toBe(8);
  });

  test('refuses to synthesize with more routes than its environment holds', () => {
    const names = Array.from({ length: 12 }, (_, index) => `route-${index}`);
    const route = { verify: { kind: 'open-messaging' as const }, deliverTo: { url: 'https://crm.example' } };
    const crowded = { routes: Object.fromEntries(names.map((name) => [name, route])) };
    expect(() => synthesize(crowded)).toThrow(/^12 routes: about \d+ bytes .*another stackName/);
  });
});

describe('the processor of a route', () => {
  test('refuses to synthesize with more headers than its environment holds', () => {
    const headers = { authorization: 'x'.repeat(4_000) };
    const route = { verify: { kind: 'open-messaging' as const }, deliverTo: { url: 'https://crm.example', headers } };
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
      DESTINATION: { url: 'http://10.1.2.3/events', timeoutSeconds: 3, headers: {} },
      RETRY: { maxAttempts: 4, baseSeconds: 1, capSeconds: 60 },
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

  test('stops at the timeout that its lease and visibility timeout were derived from', () => {
    expect(timeoutOf(/^Delivers the webhooks of route telemetry$/)).toBe(18);
    expect(timeoutOf(/^Delivers the webhooks of route open-messaging$/)).toBe(25);
  });
});

describe('the sweeper', () => {
  const description = /^Puts spilled webhooks on their queues$/;

  test('knows the bucket and the queue of every route', () => {
    expect(parseSweeperEnv(variablesOf(description))).toEqual({
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
