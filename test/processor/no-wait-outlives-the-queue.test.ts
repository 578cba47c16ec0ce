import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { number } from '../../lambdas/contract/message-attributes.ts';
import { writePointer } from '../../lambdas/contract/payload-pointer.ts';
import { deliver } from '../../lambdas/processor/deliver.ts';
import type { ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import { unavailable } from '../support/fail-calls.ts';
import {
  freePass,
  functionTimeoutMs,
  type ProcessorWorld,
  processorWorld,
  settings,
} from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { eventId, receivedMessage, route } from '../support/sqs-record.ts';

const offloaded = receivedMessage({
  body: writePointer({ bucket: 'payload-bucket', key: `payloads/${route}/5d1a7a3e` }),
  attributes: { ...receivedMessage().attributes, ExtendedPayloadSize: number(5) },
});

/** Every way in which a message can be kept waiting. */
const waits: Readonly<Record<string, (world: ProcessorWorld) => Partial<ProcessorContext>>> = {
  'the destination fails': () => ({}),
  'the delivery records are down': ({ records }) => ({ records: { ...records, claim: unavailable } }),
  'the payload cannot be had': ({ payloads }) => ({ payloads: { ...payloads, get: unavailable } }),
  'somebody else holds the event': ({ records, clock }) => ({
    records: { ...records, claim: async () => ({ kind: 'held', untilMs: clock.now() + 40_000_000 }) },
  }),
};

describe.each(Object.entries(waits))('when %s', (_why, change) => {
  test('a message of any age comes back before SQS deletes it, or is in the dead letter queue', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: settings.queueRetentionMs - 60_000 }),
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async (ageMs, receiveCount, random) => {
          const world = processorWorld([answered(503)], { random: () => random });
          const message = { ...offloaded, sentAtMs: startMs - ageMs, receiveCount };
          await world.payloads.put(`payloads/${route}/5d1a7a3e`, Buffer.from('large'), undefined);
          const context = { ...world.context, ...change(world) };
          const disposition = await deliver(context, message, freePass, startMs + functionTimeoutMs);
          if (disposition.kind === 'keep') {
            const backAtMs = startMs + disposition.hideSeconds * 1_000;
            expect(backAtMs).toBeLessThan(message.sentAtMs + settings.queueRetentionMs);
          } else {
            expect(world.deadLetters).toMatchObject([{ attributes: { Cause: { value: 'retention-reached' } } }]);
          }
        },
      ),
    );
  });
});

test('a message that waited for our own services is set aside without a record, and says no number of attempts', async () => {
  const world = processorWorld();
  const message = receivedMessage({ sentAtMs: startMs - settings.queueRetentionMs + 60_000 });
  const context = { ...world.context, records: { ...world.records, claim: unavailable } };
  expect(await deliver(context, message, freePass, startMs + functionTimeoutMs)).toEqual({ kind: 'acknowledge' });
  expect(world.deadLetters[0]?.attributes).not.toHaveProperty('Attempts');
  expect(world.records.read(eventId)).toBeUndefined();
});
