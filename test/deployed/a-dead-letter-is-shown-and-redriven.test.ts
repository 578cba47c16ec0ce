import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DeployedRelay, deployedRelay, eventually, so } from './support/deployed-relay.ts';

let relay: DeployedRelay;
beforeAll(() => {
  relay = deployedRelay('rejecting');
});
afterAll(() => relay.close());

test('an event that is refused for good is listed with its cause, shown, redriven and delivered', async () => {
  await relay.answer({ status: 422, body: 'no such customer' });
  const eventId = await relay.accept('{"order":2}');
  await eventually('the dead letter', () => so(relay.deadLetters().then((count) => count === 1)));
  expect(await relay.deliveriesOf(eventId)).toHaveLength(1);

  const dead = {
    route: 'rejecting',
    eventId,
    cause: 'rejected',
    lastStatus: 422,
    attempts: 1,
    deliveryStatus: 'failed',
  };
  expect(await relay.operate('dlq', 'list', '--route', 'rejecting')).toMatchObject([dead]);
  expect(await relay.operate('dlq', 'show', eventId)).toMatchObject([{ ...dead, lastAnswer: 'no such customer' }]);

  await relay.answer({ status: 200 });
  expect(await relay.operate('dlq', 'redrive', '--route', 'rejecting', '--yes')).toMatchObject({
    planned: 1,
    redriven: 1,
  });
  await eventually('the delivery', () => so(relay.deliveriesOf(eventId).then(({ length }) => length === 2)));
  expect(await relay.deadLetters()).toBe(0);
});
