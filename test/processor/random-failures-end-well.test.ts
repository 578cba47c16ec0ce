import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { DestinationAnswer, QueueMessage } from '../../lambdas/contract/ports.ts';
import type { Moment } from '../support/crashable-processor.ts';
import { type ProcessorWorld, processorWorld, settings } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { drainQueue } from '../support/simulated-queue.ts';
import { eventId, receivedMessage } from '../support/sqs-record.ts';

const answers: fc.Arbitrary<DestinationAnswer> = fc.oneof(
  fc.constantFrom(200, 204, 302, 400, 404, 408, 500, 503, 999).map((status) => answered(status)),
  fc.constantFrom<DestinationAnswer>(
    { kind: 'timed-out', afterMs: 10_000 },
    { kind: 'unreachable', code: 'ECONNRESET' },
    { kind: 'out-of-reach', address: '10.0.0.1' },
  ),
);

/** Few enough that the guard against crashes, ten receives beyond the attempts, is not what ends the event. */
const mostCrashes = 5;

const stories = fc.record({
  script: fc.array(answers, { minLength: 1, maxLength: 12 }),
  maxAttempts: fc.integer({ min: 1, max: 6 }),
  copies: fc.integer({ min: 1, max: 3 }),
  crashes: fc.uniqueArray(
    fc.tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom<Moment['when']>('before', 'after')),
    {
      maxLength: mostCrashes,
      selector: ([call]) => call,
    },
  ),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

type Story = typeof stories extends fc.Arbitrary<infer Value> ? Value : never;

async function play(story: Story): Promise<{ world: ProcessorWorld; crashes: number }> {
  const retry = { ...settings.retry, maxAttempts: story.maxAttempts };
  const world = processorWorld(story.script, { settings: { ...settings, retry }, random: () => story.random });
  const messages = Array.from({ length: story.copies }, (_, index) =>
    receivedMessage({ messageId: `copy-${index}`, receiptHandle: `receipt-${index}` }),
  );
  let crashes = 0;
  await drainQueue(world, messages, ({ call, when }) => {
    const dies = story.crashes.some(([at, moment]) => at === call && moment === when);
    if (dies) crashes += 1;
    return dies;
  });
  return { world, crashes };
}

function attemptOf({ attributes }: QueueMessage): number {
  return Number(attributes.Attempts?.value);
}

// `drainQueue` itself throws for an event that is acknowledged before it is safe, or that never ends.
test('every event ends delivered or in the dead letter queue, however often the processor dies', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const { world } = await play(story);
      const record = world.records.read(eventId);
      expect(['delivered', 'failed']).toContain(record?.status);
      if (record?.status === 'failed') expect(world.deadLetters.length).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});

test('no event is attempted more often than allowed, nor posted more often than attempts and crashes explain', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      const { world, crashes } = await play(story);
      const numbers = world.destination.requests.map(({ headers }) => Number(headers['x-relay-attempt']));
      expect(Math.max(...numbers)).toBeLessThanOrEqual(story.maxAttempts);
      expect(numbers.length).toBeLessThanOrEqual(story.maxAttempts + crashes);
      expect(numbers.length).toBeLessThanOrEqual((world.records.read(eventId)?.attempts ?? 0) + crashes);
      expect(world.deadLetters.map(attemptOf).every((attempts) => attempts <= story.maxAttempts)).toBe(true);
      // Without a crash there is one dead letter at most, however many copies there are.
      expect(world.deadLetters.length).toBeLessThanOrEqual(1 + crashes);
    }),
    { numRuns: 1_000 },
  );
});
