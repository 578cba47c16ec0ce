import { describe, expect, test } from '@jest/globals';
import { number } from '../../lambdas/contract/message-attributes.ts';
import { writePointer } from '../../lambdas/contract/payload-pointer.ts';
import type { DestinationAnswer } from '../../lambdas/contract/ports.ts';
import type { RouteBreaker } from '../../lambdas/processor/route-breaker.ts';
import type { Moment, PortName } from '../support/crashable-processor.ts';
import { passingBreaker } from '../support/passing-breaker.ts';
import { type ProcessorWorld, processorWorld } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { drainQueue } from '../support/simulated-queue.ts';
import { eventId, receivedMessage, route } from '../support/sqs-record.ts';

const whens = ['before', 'after'] as const;

/** Dies once, the first time a call of this port comes to this moment. */
function onceAt(port: PortName, when: Moment['when']): (moment: Moment) => boolean {
  let dead = false;
  return (moment) => {
    if (dead || moment.port !== port || moment.when !== when) return false;
    dead = true;
    return true;
  };
}

/** An offloaded event, so that a delivery takes every step there is. */
async function offloadedEvent(script: readonly DestinationAnswer[]) {
  const world = processorWorld(script);
  const key = `payloads/${route}/5d1a7a3e`;
  await world.payloads.put(key, Buffer.from('large'), undefined);
  const attributes = { ...receivedMessage().attributes, ExtendedPayloadSize: number(5) };
  const body = writePointer({ bucket: world.payloads.bucket, key });
  return { world, message: receivedMessage({ body, attributes }) };
}

function attemptsPosted({ destination }: ProcessorWorld) {
  return destination.requests.map(({ headers }) => headers['x-relay-attempt']);
}

const steps: Readonly<Record<PortName, string>> = {
  claim: 'claiming the event',
  load: 'loading the body',
  credentials: 'reading what it is signed with',
  post: 'the POST',
  recordDelivered: 'recording the delivery',
  handBack: 'handing the event back',
  recordRetry: 'recording the retry',
  hide: 'hiding the message',
  sendToDeadLetters: 'sending the dead letter',
  recordFailed: 'recording the dead letter',
};

function cases(...ports: PortName[]) {
  return ports.flatMap((port) => whens.map((when) => ({ port, when, step: steps[port] })));
}

describe('an event that the destination takes is delivered although the processor died', () => {
  test.each(cases('claim', 'load', 'credentials', 'post', 'recordDelivered'))(
    'just $when $step',
    async ({ port, when }) => {
      const { world, message } = await offloadedEvent([answered(200)]);
      await drainQueue(world, [message], onceAt(port, when));
      expect(world.records.read(eventId)).toMatchObject({ status: 'delivered', attempts: 1 });
      expect(world.deadLetters).toEqual([]);
      const repeated = (port === 'post' && when === 'after') || (port === 'recordDelivered' && when === 'before');
      expect(attemptsPosted(world)).toEqual(repeated ? ['1', '1'] : ['1']);
    },
  );
});

describe('an event that needs a second attempt gets it although the processor died', () => {
  test.each(cases('recordRetry', 'hide'))('just $when $step', async ({ port, when }) => {
    const { world, message } = await offloadedEvent([answered(500), answered(500), answered(200)]);
    await drainQueue(world, [message], onceAt(port, when));
    expect(world.records.read(eventId)).toMatchObject({ status: 'delivered' });
    const uncounted = port === 'recordRetry' && when === 'before';
    expect(attemptsPosted(world)).toEqual(uncounted ? ['1', '1', '2'] : ['1', '2', '3']);
  });
});

describe('an event that the destination rejects is a dead letter although the processor died', () => {
  test.each(cases('claim', 'load', 'post', 'sendToDeadLetters', 'recordFailed'))(
    'just $when $step',
    async ({ port, when }) => {
      const { world, message } = await offloadedEvent([answered(400)]);
      await drainQueue(world, [message], onceAt(port, when));
      expect(world.records.read(eventId)).toMatchObject({ status: 'failed', attempts: 1 });
      // Dead between the dead letter and its record: tried again, which makes a second dead letter, never none.
      const twice =
        (port === 'sendToDeadLetters' && when === 'after') || (port === 'recordFailed' && when === 'before');
      expect(world.deadLetters).toHaveLength(twice ? 2 : 1);
    },
  );
});

describe('an event of a route that is evacuated', () => {
  const evacuating: RouteBreaker = { ...passingBreaker, gate: async () => ({ kind: 'shut', evacuates: true }) };

  test.each(cases('claim', 'sendToDeadLetters', 'recordFailed'))(
    'is a dead letter although the processor died just $when $step',
    async ({ port, when }) => {
      const { world, message } = await offloadedEvent([]);
      await drainQueue(world, [message], onceAt(port, when), evacuating);
      expect(world.records.read(eventId)).toMatchObject({ status: 'failed', attempts: 0 });
      expect(attemptsPosted(world)).toEqual([]);
      const twice =
        (port === 'sendToDeadLetters' && when === 'after') || (port === 'recordFailed' && when === 'before');
      expect(world.deadLetters).toHaveLength(twice ? 2 : 1);
    },
  );

  test.each(cases('claim'))(
    'is none when it was delivered, although the processor died just $when $step',
    async ({ port, when }) => {
      const { world, message } = await offloadedEvent([answered(200)]);
      await drainQueue(world, [{ ...message, messageId: 'copy', receiptHandle: 'receipt-of-the-copy' }]);
      await drainQueue(world, [message], onceAt(port, when), evacuating);
      expect(world.records.read(eventId)).toMatchObject({ status: 'delivered', attempts: 1 });
      expect(world.deadLetters).toEqual([]);
    },
  );
});

describe('two copies of one event', () => {
  test.each(cases('claim', 'post', 'recordDelivered'))(
    'are not acknowledged before the event is safe, when the first dies just $when $step',
    async ({ port, when }) => {
      const { world, message } = await offloadedEvent([answered(200)]);
      const copy = { ...message, messageId: 'copy', receiptHandle: 'receipt-of-the-copy' };
      await drainQueue(world, [message, copy], onceAt(port, when));
      expect(world.records.read(eventId)).toMatchObject({ status: 'delivered', attempts: 1 });
      expect(world.destination.requests.length).toBeLessThanOrEqual(2);
    },
  );
});

describe('an event whose every delivery kills the processor', () => {
  test.each<PortName>(['claim', 'load', 'post', 'recordDelivered'])(
    'ends in the dead letter queue, by native redrive: %s',
    async (port) => {
      const { world, message } = await offloadedEvent([answered(200)]);
      await drainQueue(world, [message], (moment) => moment.port === port && moment.when === 'before');
      expect(world.deadLetters).toEqual([message]);
    },
  );
});
