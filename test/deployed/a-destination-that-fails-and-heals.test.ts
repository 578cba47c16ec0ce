import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DeployedRelay, deployedRelay, eventually } from './support/deployed-relay.ts';

let relay: DeployedRelay;
beforeAll(() => {
  relay = deployedRelay('healing');
});
afterAll(() => relay.close());

test('gets the event again until it takes it, each time as a further attempt of the same one', async () => {
  await relay.answer({ status: 503 }, { status: 500 }, { status: 200 });
  const eventId = await relay.accept('{"order":1}');
  const seen = await eventually('the third attempt', async () => {
    const deliveries = await relay.deliveriesOf(eventId);
    return deliveries.length === 3 ? deliveries : undefined;
  });
  expect(seen.map(({ status, headers }) => [status, headers['x-relay-attempt'], headers['x-webhook-source']])).toEqual([
    [503, '1', 'GenesysCloud'],
    [500, '2', 'GenesysCloud-Retry'],
    [200, '3', 'GenesysCloud-Retry'],
  ]);
  expect(await relay.deadLetters()).toBe(0);
});
