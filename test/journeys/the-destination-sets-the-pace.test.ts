import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dynamoBreakerStates } from '../../lambdas/adapters/dynamo-breaker-states.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { acceptedEventId } from '../support/accepted-event-id.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';

let relay: TestRelay;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  relay = await startTestRelay({
    routes: {
      chat: { verify: { kind: 'open-messaging' }, retry: { maxAttempts: 2, baseSeconds: 1, capSeconds: 1 } },
      other: { verify: { kind: 'open-messaging' } },
    },
  });
  dynamodb = new DynamoDBClient(localClientSettings(relay.ready.endpoints.dynamodb));
}, 60_000);

afterAll(async () => {
  dynamodb.destroy();
  await relay.stop();
});

const send = async (route: string, id: string) =>
  acceptedEventId(await relay.post(route, `{"type":"Text","id":"${id}","channel":{"id":"c"}}`));

/** Epoch ms at which a POST of an event arrives; to be asked for beforehand. */
async function arrivalOf(route: string, id: string, attempt = 1): Promise<number> {
  const nth = () => relay.destination.all.filter((seen) => seen.route === route && seen.eventId === `c:Text:${id}`);
  await relay.destination.waitFor(() => nth().length >= attempt, 30_000);
  return Date.now();
}

/** The moment before which nothing is posted, once the route's processors know of it. */
async function heldUntilMs(route: string): Promise<number> {
  const states = dynamoBreakerStates(relay.ready.deliveryTableName, dynamodb);
  const deadlineMs = performance.now() + 10_000;
  while (performance.now() < deadlineMs) {
    const { notBeforeMs } = await states.read(route);
    if (notBeforeMs > 0) return notBeforeMs;
  }
  throw new Error(`${route} was not told to wait`);
}

test('a 429 with Retry-After: 2 keeps every event of the route back, and none of another', async () => {
  relay.destination.script('c:Text:first', answering(429, { 'retry-after': '2' }));
  const firstArrives = arrivalOf('chat', 'first');
  await send('chat', 'first');
  const askedAtMs = await firstArrives;
  const untilMs = await heldUntilMs('chat');
  // The answer left the destination after the request had arrived.
  expect(untilMs).toBeGreaterThanOrEqual(askedAtMs + 1_950);
  expect(untilMs).toBeLessThan(Date.now() + 2_000);

  const ids = Array.from({ length: 8 }, (_, index) => `later-${index}`);
  const arrivals = ids.map((id) => arrivalOf('chat', id));
  const again = arrivalOf('chat', 'first', 2);
  const elsewhere = arrivalOf('other', 'unheld');
  await Promise.all([...ids.map((id) => send('chat', id)), send('other', 'unheld')]);

  for (const arrivedAtMs of await Promise.all([...arrivals, again])) {
    expect(arrivedAtMs).toBeGreaterThanOrEqual(untilMs);
  }
  await elsewhere;
  for (const id of ['first', ...ids]) {
    await relay.waitForStep((seen) => seen.step === 'delivered' && seen.eventId === `c:Text:${id}`, 30_000);
  }
  // A destination that asks for another pace has used up no attempt, and paused nothing.
  expect(relay.steps.find((seen) => seen.step === 'delivered' && seen.eventId === 'c:Text:first')).toMatchObject({
    attempt: 1,
  });
  expect(relay.steps.filter(({ step }) => step === 'breaker' || step === 'dead-letter')).toEqual([]);
  expect(relay.destination.all.filter(({ route }) => route === 'chat')).toHaveLength(10);
}, 60_000);
