import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signRequest } from '../../lib/local/sign-request.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';

let relay: TestRelay;

beforeAll(async () => {
  const route = {
    verify: { kind: 'open-messaging' as const },
    retry: { maxAttempts: 2, baseSeconds: 1, capSeconds: 1 },
  };
  relay = await startTestRelay({
    routes: {
      chat: { ...route, deliverTo: { headers: { 'x-api-key': 'api-key-of-the-destination' } } },
      broken: route,
      denied: { ...route, deliverTo: { timeoutSeconds: 1 } },
    },
    config: { inlineLimitBytes: 4_096 },
    // The event whose processor is killed comes back when its lease is over.
    variables: { LEASE_SECONDS: '4' },
  });
}, 60_000);

afterAll(() => relay.stop());

/** In every body, plain, so that any excerpt of it in a log is found. */
const marker = 'the-customers-own-words';

test('no body, secret or signature appears in any line the functions write, whatever happens', async () => {
  const chat = (id: string, padding = '') =>
    Buffer.from(JSON.stringify({ type: 'Text', id, channel: { id: 'c' }, text: `${marker}${padding}` }));
  const { secret } = relay.route('chat');
  const bodies = {
    delivered: chat('delivered'),
    large: chat('large', marker.repeat(500)),
    retried: chat('retried'),
    refused: chat('refused'),
    unverified: chat('unverified'),
    crashing: chat('crashing'),
    denied: chat('denied'),
    spilled: chat('spilled'),
    waiting: chat('waiting'),
  };
  // Destinations like to quote what they refuse.
  const quoting = (status: number) => answering(status, {}, `no: ${marker}`);
  relay.destination.script('c:Text:retried', quoting(503), answering(200));
  relay.destination.script('c:Text:refused', quoting(400));
  relay.destination.script('c:Text:denied', quoting(401), quoting(401));
  let crashesLeft = 1;
  relay.crashOn(({ Records }) => Records.some(({ body }) => body === bodies.crashing.toString()) && crashesLeft-- > 0);

  for (const body of [
    bodies.delivered,
    bodies.delivered,
    bodies.large,
    bodies.retried,
    bodies.refused,
    bodies.crashing,
  ]) {
    expect((await relay.post('chat', body)).status).toBe(200);
  }
  const forged = { 'x-hub-signature-256': `sha256=${Buffer.alloc(32, 7).toString('base64')}` };
  expect((await relay.post('chat', bodies.unverified, { signed: forged })).status).toBe(401);
  expect((await relay.post('chat', `not json, ${marker}`)).status).toBe(200);
  for (const id of ['delivered', 'large', 'retried', 'crashing']) {
    await relay.waitForStep((seen) => seen.step === 'delivered' && seen.eventId === `c:Text:${id}`);
  }

  expect((await relay.post('denied', bodies.denied)).status).toBe(200);
  await relay.waitForStep((seen) => seen.step === 'breaker' && seen.route === 'denied');
  await relay.tick();

  relay.outages.set('sqs', 'refuse');
  expect((await relay.post('broken', bodies.spilled)).status).toBe(200);
  relay.outages.set('s3', 'refuse');
  expect((await relay.post('broken', bodies.delivered)).status).toBe(503);
  relay.outages.set('s3', 'none');
  relay.outages.set('sqs', 'none');
  await relay.tick();
  await relay.waitForStep((seen) => seen.step === 'delivered' && seen.eventId === 'c:Text:spilled');

  relay.outages.set('dynamodb', 'refuse');
  expect((await relay.post('chat', bodies.waiting)).status).toBe(200);
  await relay.waitForStep((seen) => seen.step === 'waiting' && seen.eventId === 'c:Text:waiting');
  relay.outages.set('dynamodb', 'none');

  const everyStep = ['accepted', 'offloaded', 'spilled', 'swept', 'refused', 'not-stored', 'delivered', 'retrying'];
  const andMore = ['dead-letter', 'duplicate', 'waiting', 'trial', 'breaker', 'fault'];
  for (const step of [...everyStep, ...andMore]) await relay.waitForStep((seen) => seen.step === step);

  const lines = [...relay.steps.map((step) => JSON.stringify(step)), ...relay.output];
  const secrets = [
    marker,
    'api-key-of-the-destination',
    secret ?? '',
    relay.route('broken').secret ?? '',
    relay.route('chat').signingSecret ?? '',
    ...relay.destination.all.map(({ headers }) => headers['webhook-signature'] ?? ''),
    Buffer.alloc(32, 7).toString('base64'),
    ...Object.values(bodies).flatMap((body) => Object.values(signRequest({ kind: 'open-messaging' }, secret, body))),
  ];
  const leaks = secrets.filter((text) => text === '' || lines.some((line) => line.includes(text)));
  expect(leaks).toEqual([]);
  expect(lines.length).toBeGreaterThan(12);
}, 60_000);
