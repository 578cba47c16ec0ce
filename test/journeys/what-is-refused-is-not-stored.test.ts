import { createHmac } from 'node:crypto';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';

let relay: TestRelay;

beforeAll(async () => {
  const route = { verify: { kind: 'open-messaging' as const } };
  relay = await startTestRelay({ routes: { chat: route }, config: { inlineLimitBytes: 2_048 } });
}, 60_000);

afterEach(() => {
  relay.outages.set('sqs', 'none');
  relay.outages.set('s3', 'none');
});
afterAll(() => relay.stop());

const header = 'x-hub-signature-256';
const body = Buffer.from(JSON.stringify({ text: '\u2603'.repeat(2_000) }));

const macOf = (secret: string, bytes: Uint8Array) => createHmac('sha256', secret).update(bytes).digest();
const rightMac = () => macOf(relay.route('chat').secret ?? '', body);

const wrongSignatures: readonly [name: string, headers: () => Record<string, string>][] = [
  ['no signature', () => ({})],
  ['an empty one', () => ({ [header]: '' })],
  ['one under another secret', () => ({ [header]: `sha256=${macOf('another secret', body).toString('base64')}` })],
  [
    'one over another body',
    () => ({ [header]: `sha256=${macOf(relay.route('chat').secret ?? '', Buffer.from('{}')).toString('base64')}` }),
  ],
  ['a hex one', () => ({ [header]: `sha256=${rightMac().toString('hex')}` })],
  ['a truncated one', () => ({ [header]: `sha256=${rightMac().toString('base64').slice(0, 40)}` })],
  ['one without its prefix', () => ({ [header]: rightMac().toString('base64') })],
  ['one of another algorithm', () => ({ [header]: `sha1=${rightMac().toString('base64')}` })],
];

async function everythingStored(): Promise<number> {
  const { KeyCount = 0 } = await relay.s3.send(new ListObjectsV2Command({ Bucket: relay.ready.payloadBucketName }));
  const { Attributes = {} } = await relay.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: relay.route('chat').queueUrl, AttributeNames: ['All'] }),
  );
  return (
    KeyCount +
    Number(Attributes.ApproximateNumberOfMessages) +
    Number(Attributes.ApproximateNumberOfMessagesNotVisible) +
    relay.destination.all.length
  );
}

describe('401, and nothing is stored or delivered', () => {
  test.each(wrongSignatures)('%s', async (_name, headers) => {
    const answer = await relay.post('chat', body, { signed: headers() });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: 'unauthorized' });
    expect(await everythingStored()).toBe(0);
  });
});

test('an empty body is 400, signed or not', async () => {
  expect((await relay.post('chat', '')).status).toBe(400);
  expect((await relay.post('chat', '', { signed: false })).status).toBe(400);
});

test('an unknown route is 404, and so is any other path', async () => {
  const { origin } = new URL(relay.route('chat').ingestUrl);
  for (const path of [
    '/webhooks/nope',
    '/webhooks/__proto__',
    '/webhooks/constructor',
    '/webhooks/',
    '/',
    '/health/x',
  ]) {
    expect([path, (await fetch(`${origin}${path}`, { method: 'POST', body: '{}' })).status]).toEqual([path, 404]);
  }
});

test('more than the platform takes is 413', async () => {
  expect((await relay.post('chat', Buffer.alloc(7_000_000, 'x'))).status).toBe(413);
  expect((await relay.post('chat', Buffer.alloc(11_000_000, 'x'))).status).toBe(413);
});

test('GET /health answers 200', async () => {
  const answer = await fetch(new URL('/health', relay.route('chat').ingestUrl));
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
});

test('a webhook that neither SQS nor S3 takes is 503 with Retry-After: 5, small or large, and not stored', async () => {
  relay.outages.set('sqs', 'refuse');
  relay.outages.set('s3', 'refuse');
  for (const bytes of ['{"a":1}', body]) {
    const answer = await relay.post('chat', bytes);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
  }
  const notStored = () => relay.steps.filter(({ step, route }) => step === 'not-stored' && route === 'chat');
  await relay.waitForStep(() => notStored().length === 2);
  expect(await everythingStored()).toBe(0);
});
