import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { emulateSqsAndS3, type QueuesAndBuckets } from '../../lib/local/emulate-sqs-and-s3.ts';
import type { InvocationResult, Invoke } from '../../lib/local/invocation.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { type PollerSettings, type QueuePoller, startQueuePoller } from '../../lib/local/queue-poller.ts';
import { watchFor } from '../../lib/local/sightings.ts';
import { waitUntil } from '../support/wait-until.ts';

const on: PollerSettings = { enabled: true, maximumConcurrency: 2 };
const off: PollerSettings = { enabled: false, maximumConcurrency: 2 };

let emulator: QueuesAndBuckets;
let sqs: SQSClient;
const pollers: QueuePoller[] = [];

/** Receives that the poller has not had an answer to. */
let receiving = 0;

beforeAll(async () => {
  emulator = await emulateSqsAndS3(() => {});
  sqs = new SQSClient(localClientSettings(emulator.url));
  sqs.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'ReceiveMessageCommand') return next(args);
        receiving += 1;
        try {
          return await next(args);
        } finally {
          receiving -= 1;
        }
      },
    { step: 'initialize' },
  );
});

afterEach(async () => {
  await Promise.all(pollers.splice(0).map((poller) => poller.stop()));
});

afterAll(async () => {
  sqs.destroy();
  await emulator.close();
});

const settle: Invoke<SQSEvent> = async () => ({ kind: 'returned', value: {} });

/** A queue that hides what it gave out for longer than any test, and a poller of it. */
function pollNewQueue(settings: PollerSettings, invoke: Invoke<SQSEvent> = settle) {
  const name = randomUUID();
  const url = `${emulator.url}/000000000000/${name}`;
  const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  emulator.createQueue({ name, url, arn, attributes: { VisibilityTimeout: '600' }, maxReceiveCount: undefined });
  const records = watchFor<SQSRecord>('message');
  const poller = startQueuePoller({
    sqs,
    queueUrl: url,
    queueArn: arn,
    region: 'us-east-1',
    batchSize: 10,
    ...settings,
    reportsItemFailures: true,
    invoke: (event) => {
      for (const record of event.Records) records.add(record);
      return invoke(event);
    },
    answerLongPolls: () => emulator.answerLongPolls(url),
    onProblem: () => {},
  });
  pollers.push(poller);
  return {
    poller,
    records,
    send: (body: string) => sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body })),
    /** Messages that are visible, and messages that are in somebody's hands. */
    counts: async () => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return {
        visible: Number(Attributes?.ApproximateNumberOfMessages),
        inHand: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
      };
    },
    /** The message, once the poller has it; it was received this often. */
    receives: async (body: string) => {
      const { attributes } = await records.waitFor((record) => record.body === body);
      return Number(attributes.ApproximateReceiveCount);
    },
  };
}

test('a poller that is off from the start leaves its queue alone until it is on', async () => {
  const { poller, send, counts, receives } = pollNewQueue(off);
  await send('a');
  expect(await counts()).toEqual({ visible: 1, inHand: 0 });
  poller.change(on);
  expect(await receives('a')).toBe(1);
});

test('switching off ends a long poll, and what comes afterwards stays visible', async () => {
  const { poller, send, counts, records, receives } = pollNewQueue(on);
  await waitUntil('a long poll', () => receiving === 1);
  poller.change(off);
  await waitUntil('the end of the long poll', () => receiving === 0);
  await send('a');
  expect(await counts()).toEqual({ visible: 1, inHand: 0 });
  expect(records.all).toEqual([]);
  poller.change(on);
  expect(await receives('a')).toBe(1);
});

test('switching off and on at any moment hides no message', async () => {
  const { poller, send, receives } = pollNewQueue(on);
  const bodies = Array.from({ length: 60 }, (_, index) => `m${index}`);
  for (const [index, body] of bodies.entries()) {
    const sent = send(body);
    // Before, while and after the message reaches the queue, in turn.
    if (index % 3 === 0) await sent;
    else if (index % 3 === 1) await new Promise(setImmediate);
    poller.change(index % 2 === 0 ? off : on);
    await sent;
  }
  poller.change(on);
  const counts = await Promise.all(bodies.map(receives));
  expect(new Set(counts)).toEqual(new Set([1]));
});

test('a batch in hand is settled after switching off', async () => {
  const result = Promise.withResolvers<InvocationResult>();
  const { poller, send, receives, counts } = pollNewQueue(on, () => result.promise);
  await send('a');
  await receives('a');
  poller.change(off);
  result.resolve({ kind: 'returned', value: { batchItemFailures: [] } });
  await poller.stop();
  expect(await counts()).toEqual({ visible: 0, inHand: 0 });
});

test('another concurrency holds at once, for more and for less', async () => {
  const inHand = new Map<string, () => void>();
  const together: string[] = [];
  const { poller, send, receives } = pollNewQueue({ enabled: true, maximumConcurrency: 1 }, ({ Records }) => {
    const name = Records[0]?.body ?? '';
    together.push([...inHand.keys(), name].join('+'));
    return new Promise((resolve) => {
      inHand.set(name, () => {
        inHand.delete(name);
        resolve({ kind: 'returned', value: {} });
      });
    });
  });
  await send('a');
  await receives('a');
  await send('b');
  poller.change({ enabled: true, maximumConcurrency: 2 });
  await receives('b');
  poller.change({ enabled: true, maximumConcurrency: 1 });
  await send('c');
  inHand.get('a')?.();
  inHand.get('b')?.();
  await receives('c');
  inHand.get('c')?.();
  expect(together).toEqual(['a', 'a+b', 'c']);
});
