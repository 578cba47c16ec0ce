import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { acceptedEventId } from '../support/accepted-event-id.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';

let relay: TestRelay;

beforeAll(async () => {
  relay = await startTestRelay({
    routes: {
      chat: {
        verify: { kind: 'open-messaging' },
        deliverTo: { headers: { 'X-Api-Key': 'k1', 'User-Agent': 'mine' } },
        retry: { maxAttempts: 5, baseSeconds: 1, capSeconds: 1 },
      },
      // Two: three failures in a row, and nothing else, would pause the route.
      brief: { verify: { kind: 'open-messaging' }, retry: { maxAttempts: 2, baseSeconds: 1, capSeconds: 1 } },
    },
  });
}, 60_000);

afterAll(() => relay.stop());

test('a delivery carries the id, the attempt, the sender’s signature and the configured headers', async () => {
  const body = Buffer.from('{"hello":"there"}');
  const eventId = await acceptedEventId(await relay.post('chat', body));
  const { headers, method } = await relay.destination.waitFor((seen) => seen.eventId === eventId);

  expect(method).toBe('POST');
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'webhook-id': eventId,
    'x-relay-route': 'chat',
    'x-relay-attempt': '1',
    'x-webhook-source': 'GenesysCloud',
    'x-api-key': 'k1',
    'user-agent': 'mine',
  });
  const { secret } = relay.route('chat');
  const mac = createHmac('sha256', secret ?? '')
    .update(body)
    .digest('base64');
  expect(headers['x-hub-signature-256']).toBe(`sha256=${mac}`);
  expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(60);
});

test('a delivery is signed for the destination, which verifies it with the official library', async () => {
  const body = '{"text":"Grüße ☃"}';
  const eventId = await acceptedEventId(await relay.post('chat', body));
  const { headers, body: received } = await relay.destination.waitFor((seen) => seen.eventId === eventId);

  const { signingSecret, secret } = relay.route('chat');
  expect(signingSecret).not.toBe(secret);
  const signed = {
    'webhook-id': headers['webhook-id'] ?? '',
    'webhook-timestamp': headers['webhook-timestamp'] ?? '',
    'webhook-signature': headers['webhook-signature'] ?? '',
  };
  expect(new Webhook(signingSecret ?? '').verify(Buffer.from(received), signed)).toEqual(JSON.parse(body));
  const anotherRoutes = new Webhook(relay.route('brief').signingSecret ?? '');
  expect(() => anotherRoutes.verify(Buffer.from(received), signed)).toThrow('No matching signature found');
});

test('a destination that fails twice and heals gets the event a third time, counted and marked', async () => {
  const body = Buffer.from('{"type":"Text","id":"m1","channel":{"id":"c1"}}');
  const eventId = 'c1:Text:m1';
  relay.destination.script(eventId, answering(503), answering(500), answering(202));

  expect(await acceptedEventId(await relay.post('chat', body))).toBe(eventId);
  const delivered = await relay.waitForStep((seen) => seen.step === 'delivered' && seen.eventId === eventId);

  expect(delivered).toMatchObject({ attempt: 3, status: 202 });
  const attempts = relay.destination.all.filter((seen) => seen.eventId === eventId);
  expect(attempts.map(({ headers }) => [headers['x-relay-attempt'], headers['x-webhook-source']])).toEqual([
    ['1', 'GenesysCloud'],
    ['2', 'GenesysCloud-Retry'],
    ['3', 'GenesysCloud-Retry'],
  ]);
  const retries = relay.steps.filter((seen) => seen.step === 'retrying' && seen.eventId === eventId);
  expect(retries).toMatchObject([
    { attempt: 1, status: 503, inSeconds: 1 },
    { attempt: 2, status: 500, inSeconds: 1 },
  ]);
});

test('an event that fails every time is set aside after its last attempt', async () => {
  const eventId = 'c1:Text:m2';
  relay.destination.script(eventId, ...Array.from({ length: 9 }, () => answering(502)));
  await relay.post('brief', '{"type":"Text","id":"m2","channel":{"id":"c1"}}');
  const step = await relay.waitForStep((seen) => seen.step === 'dead-letter' && seen.eventId === eventId, 55_000);
  expect(step).toMatchObject({ cause: 'attempts-exhausted', attempt: 2, status: 502 });
  expect(relay.destination.all.filter((seen) => seen.eventId === eventId)).toHaveLength(2);
});
