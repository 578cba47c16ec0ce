import { describe, expect, test } from '@jest/globals';
import { parseBreakerEnv, parseIngestEnv, parseProcessorEnv, parseSweeperEnv } from '../../lambdas/contract/env.ts';
import { EnvironmentError } from '../../lambdas/contract/errors.ts';

const ingest = {
  ROUTES: JSON.stringify({
    'open-messaging': { queueUrl: 'https://queue', verify: { kind: 'open-messaging', secretArn: 'arn:secret' } },
    orders: { queueUrl: 'https://orders', verify: { kind: 'none' }, eventId: { header: 'x-id', pointers: ['/a/b'] } },
  }),
  PAYLOAD_BUCKET: 'payloads',
  INLINE_LIMIT_BYTES: '262144',
  STACK_NAME: 'Relay',
};

const breakerSettings = {
  windowSeconds: 60,
  minimumAttempts: 20,
  failureRatio: 0.5,
  streakLength: 3,
  streakSeconds: 2,
  pauseSeconds: 60,
  longestPauseSeconds: 900,
  longestHeldWaitSeconds: 30,
  pausedHideSeconds: 180,
  trialHideSeconds: 21_600,
  tickSeconds: 60,
};

const processor = {
  ROUTE: 'orders',
  QUEUE_URL: 'https://orders',
  DEAD_LETTER_QUEUE_URL: 'https://orders-dlq',
  PAYLOAD_BUCKET: 'payloads',
  DELIVERY_TABLE: 'deliveries',
  DESTINATION: JSON.stringify({
    url: 'https://destination.example',
    timeoutSeconds: 10,
    headers: { authorization: 'Bearer hunter2' },
    signatureHeader: 'x-hub-signature-256',
  }),
  RETRY: JSON.stringify({ maxAttempts: 10, baseSeconds: 5, capSeconds: 21600 }),
  BREAKER: JSON.stringify(breakerSettings),
  MAX_CONCURRENCY: '10',
  RENEW_AFTER_RECEIVES: '36',
  LEASE_SECONDS: '60',
  QUEUE_RETENTION_SECONDS: '345600',
  DEDUPE_SECONDS: '2592000',
  STACK_NAME: 'Relay',
};

const breakerRoute = { queueUrl: 'https://orders', mappingId: 'uuid', processorName: 'orders', maxConcurrency: 7 };

const breaker = {
  ROUTES: JSON.stringify({ orders: breakerRoute }),
  BREAKER: JSON.stringify(breakerSettings),
  DELIVERY_TABLE: 'deliveries',
  PAYLOAD_BUCKET: 'payloads',
  QUEUE_RETENTION_SECONDS: '604800',
  STACK_NAME: 'Relay',
};

const sweeper = {
  QUEUES: JSON.stringify({ orders: 'https://orders' }),
  PAYLOAD_BUCKET: 'payloads',
  STACK_NAME: 'Relay',
};

function refusal(parse: () => unknown): EnvironmentError {
  try {
    parse();
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
  throw new Error('the environment was accepted');
}

describe('the environment of the ingest function', () => {
  test('is parsed: JSON read, numbers counted, what else Lambda sets ignored', () => {
    expect(parseIngestEnv({ ...ingest, AWS_REGION: 'us-east-1' })).toEqual({
      ROUTES: {
        'open-messaging': { queueUrl: 'https://queue', verify: { kind: 'open-messaging', secretArn: 'arn:secret' } },
        orders: {
          queueUrl: 'https://orders',
          verify: { kind: 'none' },
          eventId: { header: 'x-id', pointers: ['/a/b'] },
        },
      },
      PAYLOAD_BUCKET: 'payloads',
      INLINE_LIMIT_BYTES: 262_144,
      STACK_NAME: 'Relay',
    });
  });

  test('says whether X-Ray traces it, in no other word than the one it is told with', () => {
    expect(parseIngestEnv({ ...ingest, TRACING: 'active' }).TRACING).toBe('active');
    expect(parseIngestEnv(ingest).TRACING).toBeUndefined();
    expect(refusal(() => parseIngestEnv({ ...ingest, TRACING: 'off' })).message).toContain('TRACING: ');
  });

  test.each(Object.keys(ingest))('is refused without %s, by name', (name) => {
    expect(refusal(() => parseIngestEnv({ ...ingest, [name]: undefined })).message).toContain(`${name}: `);
  });

  test('is refused for JSON that is none', () => {
    expect(refusal(() => parseIngestEnv({ ...ingest, ROUTES: '{"orders":' })).message).toContain('ROUTES: not JSON');
  });

  test.each([
    ['an array', '[]'],
    ['null', 'null'],
    ['text', '"orders"'],
  ])('is refused for JSON of another shape: %s', (_, ROUTES) => {
    expect(refusal(() => parseIngestEnv({ ...ingest, ROUTES })).message).toContain('ROUTES: ');
  });

  test('can name the event source of a bus, and what to deliver of its events', () => {
    const source = { sourceName: 'aws.partner/genesys.com/cloud/org/suffix', deliver: 'detail' };
    expect(parseProcessorEnv({ ...processor, EVENT_BRIDGE: JSON.stringify(source) }).EVENT_BRIDGE).toEqual(source);
    const EVENT_BRIDGE = JSON.stringify({ ...source, deliver: 'all' });
    expect(refusal(() => parseProcessorEnv({ ...processor, EVENT_BRIDGE })).message).toContain('EVENT_BRIDGE.deliver');
  });

  test('is refused with the way to the wrong member', () => {
    const ROUTES = JSON.stringify({ orders: { queueUrl: 1, verify: { kind: 'none' } } });
    expect(refusal(() => parseIngestEnv({ ...ingest, ROUTES })).message).toContain('ROUTES.orders.queueUrl: ');
  });

  test('is refused for a signed route without its secret: it would take anything', () => {
    const ROUTES = JSON.stringify({ orders: { queueUrl: 'https://orders', verify: { kind: 'open-messaging' } } });
    expect(refusal(() => parseIngestEnv({ ...ingest, ROUTES })).message).toContain('ROUTES.orders.verify.secretArn: ');
  });

  test('is refused for a kind of verification that this build does not know', () => {
    const ROUTES = JSON.stringify({ orders: { queueUrl: 'https://orders', verify: { kind: 'trust-me' } } });
    expect(refusal(() => parseIngestEnv({ ...ingest, ROUTES })).message).toContain('ROUTES.orders.verify');
  });

  test.each(['', ' ', '-1', '1.5', '256KB', '0x10', '1e3'])('is refused for a limit of %j', (INLINE_LIMIT_BYTES) => {
    const { message } = refusal(() => parseIngestEnv({ ...ingest, INLINE_LIMIT_BYTES }));
    expect(message).toContain('INLINE_LIMIT_BYTES: ');
  });

  test('is refused with every wrong variable in one message', () => {
    const { message } = refusal(() => parseIngestEnv({}));
    for (const name of Object.keys(ingest)) expect(message).toContain(`${name}: `);
  });
});

describe('the environment of a processor function', () => {
  test('is parsed', () => {
    expect(parseProcessorEnv(processor)).toEqual({
      ...processor,
      DESTINATION: JSON.parse(processor.DESTINATION),
      RETRY: { maxAttempts: 10, baseSeconds: 5, capSeconds: 21600 },
      BREAKER: breakerSettings,
      MAX_CONCURRENCY: 10,
      RENEW_AFTER_RECEIVES: 36,
      LEASE_SECONDS: 60,
      QUEUE_RETENTION_SECONDS: 345_600,
      DEDUPE_SECONDS: 2_592_000,
    });
  });

  test.each(Object.keys(processor))('is refused without %s, by name', (name) => {
    expect(refusal(() => parseProcessorEnv({ ...processor, [name]: undefined })).message).toContain(`${name}: `);
  });

  test.each(['DESTINATION', 'RETRY', 'BREAKER'])('is refused for a %s that is not JSON', (name) => {
    const { message } = refusal(() => parseProcessorEnv({ ...processor, [name]: 'https://destination.example' }));
    expect(message).toContain(`${name}: not JSON`);
  });

  test('is refused with the way to the wrong member', () => {
    const RETRY = JSON.stringify({ maxAttempts: '10', baseSeconds: 5, capSeconds: 21600 });
    expect(refusal(() => parseProcessorEnv({ ...processor, RETRY })).message).toContain('RETRY.maxAttempts: ');
  });

  test.each(Object.keys(breakerSettings))('is refused without the breaker’s %s, by name', (setting) => {
    const BREAKER = JSON.stringify({ ...breakerSettings, [setting]: undefined });
    expect(refusal(() => parseProcessorEnv({ ...processor, BREAKER })).message).toContain(`BREAKER.${setting}: `);
  });

  test('is refused without a word of what it holds: headers of a destination are credentials', () => {
    const DESTINATION = processor.DESTINATION.replace('"timeoutSeconds":10', '"timeoutSeconds":"10"');
    const truncated = processor.DESTINATION.slice(0, -1);
    for (const wrong of [DESTINATION, truncated]) {
      const error = refusal(() => parseProcessorEnv({ ...processor, DESTINATION: wrong }));
      expect(error.message).toContain('DESTINATION');
      expect(`${error.message} ${String(error.cause)}`).not.toContain('hunter2');
    }
  });
});

describe('the environment of the breaker function', () => {
  test('is parsed', () => {
    expect(parseBreakerEnv(breaker)).toEqual({
      ...breaker,
      ROUTES: { orders: breakerRoute },
      BREAKER: breakerSettings,
      QUEUE_RETENTION_SECONDS: 604_800,
    });
  });

  test.each(Object.keys(breaker))('is refused without %s, by name', (name) => {
    expect(refusal(() => parseBreakerEnv({ ...breaker, [name]: undefined })).message).toContain(`${name}: `);
  });

  test.each(Object.keys(breakerRoute))('is refused without the %s of a route: it would look after another', (name) => {
    const ROUTES = JSON.stringify({ orders: { ...breakerRoute, [name]: undefined } });
    expect(refusal(() => parseBreakerEnv({ ...breaker, ROUTES })).message).toContain(`ROUTES.orders.${name}: `);
  });

  test.each(['ROUTES', 'BREAKER'])('is refused for %s that are not JSON', (name) => {
    expect(refusal(() => parseBreakerEnv({ ...breaker, [name]: '{' })).message).toContain(`${name}: not JSON`);
  });
});

describe('the environment of the sweeper function', () => {
  test('is parsed', () => {
    expect(parseSweeperEnv(sweeper)).toEqual({ ...sweeper, QUEUES: { orders: 'https://orders' } });
  });

  test.each(Object.keys(sweeper))('is refused without %s, by name', (name) => {
    expect(refusal(() => parseSweeperEnv({ ...sweeper, [name]: undefined })).message).toContain(`${name}: `);
  });

  test('is refused for a queue that is no URL text', () => {
    const QUEUES = JSON.stringify({ orders: null });
    expect(refusal(() => parseSweeperEnv({ ...sweeper, QUEUES })).message).toContain('QUEUES.orders: ');
  });
});
