import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changeVariables, processorOf } from './support/deployed-functions.ts';
import { type DeployedRelay, deployedRelay, eventually, so } from './support/deployed-relay.ts';

let relay: DeployedRelay;
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
beforeAll(() => {
  relay = deployedRelay('crashing');
});
afterAll(() => {
  relay.close();
  sqs.destroy();
});

test('a processor that dies on each receive loses nothing: SQS sets the event aside, and a redrive delivers it', async () => {
  const { queueUrl } = relay.route;
  // As deployed it takes two hours: 40 receives, and two and a half minutes between them.
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['RedrivePolicy', 'VisibilityTimeout'] }),
  );
  const redrivePolicy = { ...JSON.parse(Attributes.RedrivePolicy ?? '{}'), maxReceiveCount: 2 };
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: queueUrl,
      Attributes: { RedrivePolicy: JSON.stringify(redrivePolicy), VisibilityTimeout: '20' },
    }),
  );
  const restore = await changeVariables(await processorOf(relay, 'crashing'), ({ ROUTE: _route, ...others }) => others);

  const eventId = await relay.accept('{"order":3}');
  await eventually('the dead letter', () => so(relay.deadLetters().then((count) => count === 1)), 120_000);
  expect(await relay.deliveriesOf(eventId)).toEqual([]);
  expect(await relay.operate('dlq', 'list', '--route', 'crashing')).toMatchObject([
    { eventId, cause: 'receive-limit', deliveryStatus: null },
  ]);

  await restore();
  await relay.operate('dlq', 'redrive', '--route', 'crashing', '--yes');
  await eventually('the delivery', () => so(relay.deliveriesOf(eventId).then(({ length }) => length === 1)));
  expect(await relay.deadLetters()).toBe(0);
});
