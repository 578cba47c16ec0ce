import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseRelayConfig } from '../../lib/infra/relay-config.ts';
import { parseStepLine } from '../../lib/local/live-step.ts';
import { parseMetricLine } from '../../lib/local/metric-line.ts';
import type { ReadyMessage } from '../../lib/local/ready-message.ts';
import { curlLine, type Paint, renderDelivery, renderReady, renderStep } from '../../lib/local/render-run.ts';

const plain: Paint = (_, text) => text;
const noon = new Date(2026, 2, 4, 12, 0, 0, 7).getTime();

describe('a curl line', () => {
  const config = parseRelayConfig(
    {
      routes: {
        chat: { verify: { kind: 'open-messaging' }, deliverTo: { url: 'https://example.com' } },
        open: { verify: { kind: 'none', acceptUnsigned: true }, deliverTo: { url: 'https://example.com' } },
        timed: { verify: { kind: 'standard-webhooks' }, deliverTo: { url: 'https://example.com' } },
      },
    },
    'test',
  );
  const queues = { queueUrl: 'q', deadLetterQueueUrl: 'd', signingSecret: null };
  const ready: ReadyMessage = {
    ready: true,
    stackName: 'Relay',
    startedAtMs: 0,
    routes: {
      chat: { ...queues, ingestUrl: 'http://127.0.0.1:3000/webhooks/chat', secret: 's3cret' },
      open: { ...queues, ingestUrl: 'http://127.0.0.1:3000/webhooks/open', secret: null },
      timed: { ...queues, ingestUrl: 'http://127.0.0.1:3000/webhooks/timed', secret: 's3cret00' },
    },
    deliveryTableName: 't',
    payloadBucketName: 'b',
    endpoints: { sqs: '', s3: '', dynamodb: '', lambda: '', cloudWatch: '', secretsManager: '' },
  };
  const sample = { path: 'samples/a.json', bytes: Buffer.from('{"a":1}') };

  test('is signed for the bytes of the sample', () => {
    const signature = createHmac('sha256', 's3cret').update(sample.bytes).digest('base64');
    expect(curlLine('chat', ready, config, sample)).toBe(
      `curl -i -H 'content-type: application/json' -H 'x-hub-signature-256: sha256=${signature}' ` +
        '--data-binary @samples/a.json http://127.0.0.1:3000/webhooks/chat',
    );
  });

  test('of an unsigned route has no signature, and quotes what a shell would read', () => {
    expect(curlLine('open', ready, config, { ...sample, path: "it's here.json" })).toBe(
      "curl -i -H 'content-type: application/json' --data-binary '@it'\\''s here.json' http://127.0.0.1:3000/webhooks/open",
    );
  });

  test('that is signed with the time says for how long it is good', () => {
    const lines = renderReady(ready, config, sample, plain).split('\n');
    const timed = lines.findIndex((line) => line.includes('webhook-signature: v1,'));
    expect(lines[timed - 1]).toBe('  (signed with the time: for 300 s)');
    expect(lines.filter((line) => line.includes('signed with the time'))).toHaveLength(1);
  });
});

describe('a route that gets the events of a bus only', () => {
  const sourceName = 'aws.partner/genesys.com/cloud/5e0a2f9c-1111-4c3d-9b7e-0d7f6c2a9e55/ingest-prod';
  const config = parseRelayConfig(
    { routes: { bus: { eventBridge: { sourceName }, deliverTo: { url: 'https://example.com' } } } },
    'test',
  );
  const ready: ReadyMessage = {
    ready: true,
    stackName: 'Relay',
    startedAtMs: 0,
    routes: {
      bus: {
        ingestUrl: 'http://127.0.0.1:3000/webhooks/bus',
        queueUrl: 'http://127.0.0.1:3001/000000000000/busQueue',
        deadLetterQueueUrl: 'd',
        secret: null,
        signingSecret: null,
      },
    },
    deliveryTableName: 't',
    payloadBucketName: 'b',
    endpoints: { sqs: '', s3: '', dynamodb: '', lambda: '', cloudWatch: '', secretsManager: '' },
  };

  test('shows the queue that they are put on, and nothing to post to', () => {
    const text = renderReady(ready, config, { path: 'a.json', bytes: Buffer.from('{}') }, plain);
    expect(text).toContain('  bus  events of a bus only, on http://127.0.0.1:3001/000000000000/busQueue');
    expect(text).not.toMatch(/curl|unsigned|webhook/);
  });
});

describe('a line of output', () => {
  test.each([
    ['{"step":"delivered","route":"chat","eventId":"e","attempt":1,"level":"INFO"}', true],
    ['{"step":"refused","route":"chat","reason":"empty-body"}', true],
    ['{"message":"no step"}', false],
    ['{"step":1,"route":"chat"}', false],
    ['{not JSON', false],
    ['plain text', false],
  ])('%s is a step: %s', (line, isStep) => {
    expect(parseStepLine(line)).toEqual(isStep ? JSON.parse(line) : undefined);
  });

  test.each([
    ['{"_aws":{"Timestamp":1,"CloudWatchMetrics":[]},"service":"relay","route":"chat","BreakerOpen":0}', true],
    ['{"step":"fault","route":"chat","error":"_aws"}', false],
    ['{"_aws":1}', false],
    ['{"_aws":{}', false],
    ['_aws', false],
  ])('%s is a metric: %s', (line, isMetric) => {
    expect(parseMetricLine(line) !== undefined).toBe(isMetric);
  });
});

test.each([
  [{ step: 'accepted', bytes: 9 }, '12:00:00.007  chat  accepted     e1  9 bytes'],
  [
    { step: 'delivered', attempt: 2, status: 200, tookMs: 5 },
    '12:00:00.007  chat  delivered    e1  attempt 2 answered 200 after 5 ms',
  ],
  [
    { step: 'retrying', attempt: 1, error: 'status 503', inSeconds: 4 },
    '12:00:00.007  chat  retrying     e1  attempt 1 failed (status 503): again in 4 s',
  ],
  [
    { step: 'dead-letter', cause: 'rejected', error: 'status 400' },
    '12:00:00.007  chat  dead-letter  e1  rejected: status 400',
  ],
  [{ step: 'duplicate', of: 'delivered' }, '12:00:00.007  chat  duplicate    e1  delivered before'],
  [
    { step: 'spilled', error: 'timed out' },
    '12:00:00.007  chat  spilled      e1  the queue did not take it (timed out): in S3 until it does',
  ],
  [{ step: 'swept' }, '12:00:00.007  chat  swept        e1  from S3 to its queue'],
  [
    { step: 'renewed', receives: 500 },
    '12:00:00.007  chat  renewed      e1  received 500 times: put on its queue anew',
  ],
  [
    { step: 'trial', outcome: 'failed', error: 'HTTP 503' },
    '12:00:00.007  chat  trial        e1  of the destination: failed (HTTP 503)',
  ],
  [{ step: 'trial', outcome: 'answered' }, '12:00:00.007  chat  trial        e1  of the destination: answered'],
])('a step is one line: %j', (step, line) => {
  expect(renderStep({ ...step, route: 'chat', eventId: 'e1' }, noon, plain)).toBe(line);
});

test.each([
  [{ from: 'closed', to: 'open', reason: 'failing', error: 'HTTP 503' }, 'flowing → paused, failing (HTTP 503)'],
  [{ from: 'open', to: 'half-open' }, 'paused → reopening'],
])('a breaker that changes names no event: %j', (change, description) => {
  expect(renderStep({ step: 'breaker', route: 'chat', ...change }, noon, plain)).toBe(
    `12:00:00.007  chat  breaker      ${description}`,
  );
});

test('a line with a long id fits 100 columns of a terminal, and every line has the same part of the id', () => {
  const eventId = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
  const body = Buffer.from('x'.repeat(2_000));
  const received = { method: 'POST', route: 'open-messaging', eventId, attempt: 1, headers: {}, body };
  const retrying = { step: 'retrying', route: 'open-messaging', eventId, attempt: 1, error: 'HTTP 503', inSeconds: 64 };

  const lines = [renderStep(retrying, noon, plain, 100), renderDelivery(received, noon, plain, 100)];

  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(100);
    expect(line).toContain('  9f86d0…f00a08  ');
  }
  expect(renderStep(retrying, noon, plain, 200)).toContain(eventId);
});

test('a body cannot steer the terminal, and only its beginning is shown', () => {
  const body = Buffer.from(`\u001b[2J\r\n${'x'.repeat(200)}`);
  const delivery = { method: 'POST', route: 'chat', eventId: 'e1', attempt: 1, headers: {}, body };
  expect(renderDelivery(delivery, noon, plain)).toBe(
    `12:00:00.007  chat  destination  e1  POST attempt 1, 206 bytes   [2J ${'x'.repeat(75)}`,
  );
});
