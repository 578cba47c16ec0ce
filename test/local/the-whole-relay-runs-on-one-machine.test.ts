import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startLocalRelay } from '../../lib/local/run-local.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';

let relay: TestRelay;

beforeAll(async () => {
  relay = await startTestRelay({
    routes: {
      chat: { verify: { kind: 'open-messaging' } },
      open: { verify: { kind: 'none', acceptUnsigned: true }, retry: { maxAttempts: 1 } },
      locked: { verify: { kind: 'none', acceptUnsigned: true }, retry: { baseSeconds: 1, capSeconds: 1 } },
    },
    scheduleEveryMs: 250,
  });
}, 60_000);

afterAll(() => relay.stop());

const eventIdOf = async (response: Response): Promise<unknown> => Object(await response.json()).id;

test('a signed webhook arrives byte for byte, and every step is told', async () => {
  const body = Buffer.from('{ "text": "snow \\u2603 and \u{1F600}" }\r\n');
  const response = await relay.post('chat', body);
  expect(response.status).toBe(200);
  const eventId = await eventIdOf(response);
  const delivery = await relay.destination.waitFor((seen) => seen.eventId === eventId);
  expect(Buffer.from(delivery.body).equals(body)).toBe(true);
  expect(delivery).toMatchObject({ method: 'POST', route: 'chat', attempt: 1 });
  await relay.waitForStep((seen) => seen.step === 'accepted' && seen.eventId === eventId);
  const delivered = await relay.waitForStep((seen) => seen.step === 'delivered' && seen.eventId === eventId);
  expect(delivered).toMatchObject({ route: 'chat', attempt: 1, status: 200 });
});

test('an unsigned webhook is refused on a signed route', async () => {
  expect((await relay.post('chat', '{"unsigned":1}', { signed: false })).status).toBe(401);
  expect((await relay.post('chat', '{"unsigned":2}', { signed: { 'x-hub-signature-256': 'sha256=00' } })).status).toBe(
    401,
  );
});

test('a body over the inline limit arrives byte for byte by way of S3', async () => {
  const body = Buffer.alloc(900_000, 'x');
  const eventId = await eventIdOf(await relay.post('open', body, { contentType: 'application/octet-stream' }));
  await relay.waitForStep((seen) => seen.step === 'offloaded' && seen.eventId === eventId);
  const delivery = await relay.destination.waitFor((seen) => seen.eventId === eventId);
  expect(Buffer.from(delivery.body).equals(body)).toBe(true);
});

test('an answer that no retry can mend makes a dead letter', async () => {
  relay.destination.otherwise(answering(400));
  const eventId = await eventIdOf(await relay.post('open', '{"n":1}'));
  const step = await relay.waitForStep((seen) => seen.step === 'dead-letter' && seen.eventId === eventId);
  relay.destination.otherwise(answering(200));
  expect(step).toMatchObject({ route: 'open', cause: 'rejected', status: 400 });
});

test('a message that kills the processor each time is set aside by SQS itself', async () => {
  const body = '{"poison":true}';
  relay.crashOn(({ Records }) => Records.some((record) => record.body === body));
  const eventId = await eventIdOf(await relay.post('open', body));
  const step = await relay.waitForStep((seen) => seen.step === 'dead-letter' && seen.eventId === eventId, 55_000);
  expect(step).toEqual({
    step: 'dead-letter',
    route: 'open',
    eventId,
    attempt: 0,
    cause: 'receive-limit',
    error: 'received 34 times without an outcome',
  });
});

test('the scheduled functions come round, and the breaker reaches the processor', async () => {
  relay.destination.otherwise(answering(401));
  const eventId = await eventIdOf(await relay.post('locked', '{"n":1}'));
  const paused = await relay.waitForStep((seen) => seen.step === 'breaker' && seen.route === 'locked');
  relay.destination.otherwise(answering(200));
  expect(paused).toMatchObject({ from: 'closed', to: 'open', reason: 'unauthorized' });
  await relay.waitForStep((seen) => seen.step === 'trial' && seen.outcome === 'answered' && seen.eventId === eventId);
  await relay.waitForStep((seen) => seen.step === 'delivered' && seen.eventId === eventId);
  expect(relay.output.filter((line) => line.includes('_aws'))).toEqual([]);
});

test('GET /_local/ready tells a second program where everything is', async () => {
  const url = new URL('/_local/ready', relay.route('chat').ingestUrl);
  expect(await (await fetch(url)).json()).toEqual(relay.ready);
  expect(relay.ready).toMatchObject({
    ready: true,
    routes: { chat: { secret: expect.stringMatching(/^\w{48}$/) }, open: { secret: null } },
  });
});

test('it stops within three seconds while a delivery hangs, and leaves nothing behind', async () => {
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('genesys-webhook-relay-'));
  const before = new Set(folders());
  const other = await startTestRelay({ routes: { open: { verify: { kind: 'none', acceptUnsigned: true } } } });
  const own = folders().filter((name) => !before.has(name));
  other.destination.otherwise({ kind: 'hang' });
  await other.post('open', '{"hangs":true}');
  await other.destination.waitFor(() => true);
  const beganMs = performance.now();
  await other.stop();
  expect(performance.now() - beganMs).toBeLessThan(3_000);
  await expect(fetch(other.route('open').ingestUrl, { method: 'POST' })).rejects.toThrow('fetch failed');
  await expect(fetch(other.ready.endpoints.sqs)).rejects.toThrow('fetch failed');
  // Another suite may have started a relay of its own meanwhile: at least one of the new folders was ours.
  expect(own.some((name) => !existsSync(`${tmpdir()}/${name}`))).toBe(true);
}, 60_000);

test('a start that is broken off ends what it had begun', async () => {
  const signal = AbortSignal.timeout(500);
  await expect(startLocalRelay({ signal })).rejects.toThrow();
  expect(signal.aborted).toBe(true);
});
