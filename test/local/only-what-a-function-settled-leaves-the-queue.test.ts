import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { emulateSqsAndS3, type NativeRedrive, type QueuesAndBuckets } from '../../lib/local/emulate-sqs-and-s3.ts';
import type { InvocationResult, Invoke } from '../../lib/local/invocation.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { type PollerSettings, type QueuePoller, startQueuePoller } from '../../lib/local/queue-poller.ts';
import { type Sightings, watchFor } from '../../lib/local/sightings.ts';

let emulator: QueuesAndBuckets;
let sqs: SQSClient;
const redrives = watchFor<NativeRedrive>('native redrive');
const pollers: QueuePoller[] = [];

beforeAll(async () => {
  emulator = await emulateSqsAndS3(redrives.add);
  sqs = new SQSClient(localClientSettings(emulator.url));
});

afterEach(async () => {
  await Promise.all(pollers.splice(0).map((poller) => poller.stop()));
});

afterAll(async () => {
  sqs.destroy();
  await emulator.close();
});

const longVisibility = { VisibilityTimeout: '600' };

function createQueue(attributes: Record<string, string> = longVisibility, name: string = randomUUID()) {
  const url = `${emulator.url}/000000000000/${name}`;
  const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  emulator.createQueue({ name, url, arn, attributes, maxReceiveCount: undefined });
  return { name, url, arn };
}

async function send(url: string, ...bodies: string[]): Promise<void> {
  for (const MessageBody of bodies) {
    const MessageAttributes = { EventId: { DataType: 'String', StringValue: MessageBody.slice(0, 20) } };
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, MessageAttributes }));
  }
}

/** Messages in a queue, visible or not. */
async function remaining(url: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
}

function poll(
  queue: { url: string; arn: string },
  invoke: Invoke<SQSEvent>,
  { enabled = true, maximumConcurrency = 2 }: Partial<PollerSettings> = {},
): { poller: QueuePoller; batches: Sightings<SQSEvent>; problems: Sightings<string> } {
  const batches = watchFor<SQSEvent>('batch');
  const problems = watchFor<string>('problem');
  const poller = startQueuePoller({
    sqs,
    queueUrl: queue.url,
    queueArn: queue.arn,
    region: 'us-east-1',
    batchSize: 10,
    enabled,
    maximumConcurrency,
    reportsItemFailures: true,
    invoke: (event) => {
      batches.add(event);
      return invoke(event);
    },
    answerLongPolls: () => emulator.answerLongPolls(queue.url),
    onProblem: problems.add,
  });
  pollers.push(poller);
  return { poller, batches, problems };
}

const bodiesOf = ({ Records }: SQSEvent) => Records.map(({ body }) => body);

function answering(response: (event: SQSEvent) => unknown): Invoke<SQSEvent> {
  return async (event) => ({ kind: 'returned', value: response(event) });
}

test('a partial failure deletes all but the failed messages', async () => {
  const queue = createQueue();
  await send(queue.url, 'good', 'bad', 'also good');
  const failBad = answering(({ Records }) => ({
    batchItemFailures: Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({
      itemIdentifier: messageId,
    })),
  }));
  const { poller, batches } = poll(queue, failBad);
  await batches.waitFor((event) => bodiesOf(event).includes('bad'));
  await poller.stop();
  expect(await remaining(queue.url)).toBe(1);
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['an empty list', { batchItemFailures: [] }],
  ['a list that is null', { batchItemFailures: null }],
])('a function that returns %s has settled all', async (_, response) => {
  const queue = createQueue();
  await send(queue.url, 'a');
  const { poller, batches } = poll(
    queue,
    answering(() => response),
  );
  await batches.waitFor(() => true);
  await poller.stop();
  expect(await remaining(queue.url)).toBe(0);
});

test.each([
  ['an unknown id', { batchItemFailures: [{ itemIdentifier: 'unknown' }] }],
  ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }],
  ['a wrong key', { batchItemFailures: [{ id: 'x' }] }],
  ['a list that is none', { batchItemFailures: 'x' }],
  ['text', 'done'],
])('a function that returns %s keeps the whole batch', async (_, response) => {
  const queue = createQueue();
  await send(queue.url, 'a');
  const { poller, problems } = poll(
    queue,
    answering(() => response),
  );
  await problems.waitFor((line) => line.includes('stays on'));
  await poller.stop();
  expect(await remaining(queue.url)).toBe(1);
});

test.each([
  { kind: 'failed', error: 'boom' },
  { kind: 'timed-out', afterMs: 10 },
] satisfies InvocationResult[])('an invocation that is $kind deletes nothing', async (result) => {
  const queue = createQueue();
  await send(queue.url, 'a', 'b');
  const { poller, problems } = poll(queue, async () => result);
  await problems.waitFor((line) => line.includes('stays on'));
  await poller.stop();
  expect(await remaining(queue.url)).toBe(2);
});

test('there are never more batches at one time than the limit', async () => {
  const queue = createQueue();
  let atOnce = 0;
  let most = 0;
  const counting: Invoke<SQSEvent> = async () => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 30));
    atOnce -= 1;
    return { kind: 'returned', value: {} };
  };
  const { poller, batches } = poll(queue, counting, { maximumConcurrency: 2 });
  const bodies = Array.from({ length: 12 }, (_, index) => `m${index}`);
  await Promise.all(bodies.map((body) => send(queue.url, body)));
  await Promise.all(bodies.map((body) => batches.waitFor((event) => bodiesOf(event).includes(body))));
  await poller.stop();
  expect(most).toBeLessThanOrEqual(2);
  expect(await remaining(queue.url)).toBe(0);
});

test('ten messages of 1 MB come in more than one event, none over 6 MB', async () => {
  const queue = createQueue();
  const megabyte = 'x'.repeat(1_000_000);
  await send(queue.url, ...Array.from({ length: 10 }, (_, index) => `${index}${megabyte}`));
  const { poller, batches } = poll(
    queue,
    answering(() => ({})),
  );
  for (let index = 0; index < 10; index++) {
    await batches.waitFor(({ Records }) => Records.some(({ body }) => body.startsWith(String(index))));
  }
  await poller.stop();
  expect(batches.all.length).toBeGreaterThan(1);
  for (const event of batches.all) expect(JSON.stringify(event).length).toBeLessThanOrEqual(6_291_456);
  expect(await remaining(queue.url)).toBe(0);
});

test('a record looks as Lambda spells it, emoji and all', async () => {
  const queue = createQueue();
  await send(queue.url, '\u{1F600}');
  const { batches } = poll(
    queue,
    answering(() => ({})),
  );
  const event = await batches.waitFor(() => true);
  expect(event.Records[0]).toMatchObject({
    body: '\u{1F600}',
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: 'us-east-1',
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: expect.stringMatching(/^\d{13}$/),
      ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      SenderId: expect.any(String),
    },
    messageAttributes: {
      EventId: { stringValue: '\u{1F600}', dataType: 'String', stringListValues: [], binaryListValues: [] },
    },
  });
});

test('a message that nobody settles is moved to the dead letter queue, and that is seen', async () => {
  const deadLetters = createQueue({});
  const queue = createQueue({
    VisibilityTimeout: '0',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 2 }),
  });
  await send(queue.url, 'poison');
  const { batches } = poll(queue, async () => ({ kind: 'failed', error: 'boom' }));
  const redrive = await redrives.waitFor(({ queueName }) => queueName === queue.name);
  expect(redrive.attributes).toEqual({ EventId: 'poison' });
  expect(batches.all).toHaveLength(2);
  expect(await remaining(deadLetters.url)).toBe(1);
});

describe('stopping', () => {
  test('cuts a long poll short', async () => {
    const { poller } = poll(
      createQueue(),
      answering(() => ({})),
    );
    const beganMs = performance.now();
    await poller.stop();
    expect(performance.now() - beganMs).toBeLessThan(3_000);
  });

  test('waits for the batch in hand, and deletes what it settled', async () => {
    const queue = createQueue();
    await send(queue.url, 'a');
    const settled = Promise.withResolvers<InvocationResult>();
    const { poller, batches } = poll(queue, () => settled.promise);
    await batches.waitFor(() => true);
    const stopping = poller.stop();
    settled.resolve({ kind: 'returned', value: {} });
    await stopping;
    expect(await remaining(queue.url)).toBe(0);
  });
});
