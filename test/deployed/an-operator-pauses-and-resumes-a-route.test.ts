import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mappingOf } from './support/deployed-functions.ts';
import { type DeployedRelay, deployedRelay, eventually, so } from './support/deployed-relay.ts';

let relay: DeployedRelay;
beforeAll(() => {
  relay = deployedRelay('paused');
});
afterAll(() => relay.close());

test('what comes while a route is paused by hand is kept, and delivered when it is resumed', async () => {
  await relay.operate('route', 'pause', 'paused');
  await eventually(
    'the mapping is off',
    () => so(mappingOf(relay, 'paused').then(({ State }) => State === 'Disabled')),
    150_000,
  );
  const eventId = await relay.accept('{"order":4}');
  expect(await relay.operate('route', 'list')).toContainEqual(
    expect.objectContaining({ route: 'paused', state: 'open', reason: 'operator' }),
  );
  expect(await relay.deliveriesOf(eventId)).toEqual([]);

  await relay.operate('route', 'resume', 'paused');
  await eventually('the delivery', () => so(relay.deliveriesOf(eventId).then(({ length }) => length === 1)), 180_000);
}, 400_000);
