import { validateHeaderName, validateHeaderValue } from 'node:http';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { deadLetterCauses } from '../../lambdas/contract/errors.ts';
import {
  attributeNames,
  type MessageAttribute,
  type MessageAttributes,
  number,
  text,
} from '../../lambdas/contract/message-attributes.ts';
import { writePointer } from '../../lambdas/contract/payload-pointer.ts';
import type { PayloadStore } from '../../lambdas/contract/ports.ts';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';
import { signingKey } from '../../lambdas/processor/sign-delivery.ts';
import { tryEvent } from '../../lambdas/processor/try-event.ts';
import { anyStrings, byteStrings, eventIds, jsonBodies } from '../support/arbitraries.ts';
import { run } from '../support/message-batch.ts';
import { functionTimeoutMs, processorWorld } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { route } from '../support/sqs-record.ts';

const bucket = 'payload-bucket';
const stored = `payloads/${route}/5d1a7a3e`;

const keys = fc.oneof(
  fc.constantFrom(
    stored,
    `payloads/${route}/gone`,
    `payloads/${route}/`,
    `payloads/${route}`,
    `payloads/${route}/../other/5d1a7a3e`,
    `payloads/${route}/5d1a7a3e/..`,
    `payloads/${route}/%2e%2e/other`,
    `payloads/${route}/5d1a7a3e\n`,
    `payloads/${route.toUpperCase()}/5d1a7a3e`,
    'payloads/other/5d1a7a3e',
    'spill/0001',
    `trials/${route}/1`,
    `/${stored}`,
  ),
  anyStrings,
);

const pointers = fc
  .record({ bucket: fc.oneof(fc.constantFrom(bucket, 'theirs', bucket.toUpperCase()), anyStrings), key: keys })
  .map(writePointer);

/** A pointer with something cut out of it, put into it, or put in its place. */
const brokenPointers = fc
  .tuple(pointers, fc.nat(120), fc.nat(10), anyStrings)
  .map(([pointer, at, length, put]) => `${pointer.slice(0, at)}${put}${pointer.slice(at + length)}`);

const deepJson = fc
  .tuple(fc.constantFrom('[', '{"a":', '[{"__proto__":'), fc.integer({ min: 1, max: 20_000 }))
  .map(([opening, depth]) => opening.repeat(depth));

const bodies = fc.oneof(
  { weight: 3, arbitrary: pointers },
  { weight: 3, arbitrary: brokenPointers },
  anyStrings,
  byteStrings.map((bytes) => Buffer.from(bytes).toString('utf8')),
  byteStrings.map((bytes) => Buffer.from(bytes).toString('base64')),
  jsonBodies.map((bytes) => Buffer.from(bytes).toString('utf8')),
  { weight: 1, arbitrary: deepJson },
  fc.constantFrom('', 'null', '[]', '{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":1}}}'),
);

const hostileValues = fc.oneof(
  anyStrings,
  eventIds,
  fc.constantFrom(
    'NaN',
    '-1',
    '1e309',
    '9'.repeat(40),
    '0',
    route,
    'base64',
    'a\r\nx-injected: 1',
    '../..',
    'a'.repeat(3_000),
  ),
);

const attribute: fc.Arbitrary<MessageAttribute> = fc.record({
  type: fc.constantFrom('String', 'Number'),
  value: hostileValues,
});

const names = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...Object.values(attributeNames), 'SQSLargePayloadSize') },
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', ''),
  anyStrings,
);

/** What a message of the relay has, so that not every one of them is poison at the first look. */
const wellFormed = fc.record(
  {
    EventId: eventIds.map(text),
    Route: fc.constant(text(route)),
    ReceivedAt: fc.integer({ min: 0, max: 2 * startMs }).map(number),
    ContentType: anyStrings.map(text),
    Signature: anyStrings.map(text),
    BodyEncoding: fc.constant(text('base64')),
    ExtendedPayloadSize: fc.nat().map(number),
    RedrivenAt: fc.nat().map(number),
    Cause: anyStrings.map(text),
  },
  { requiredKeys: [] },
);

const attributes: fc.Arbitrary<MessageAttributes> = fc.oneof(
  wellFormed,
  fc
    .tuple(wellFormed, fc.array(fc.tuple(names, attribute), { maxLength: 3 }))
    // `fromEntries` makes `__proto__` a property of its own, as the handler does with what SQS delivers.
    .map(([good, bad]) => Object.fromEntries([...Object.entries(good), ...bad])),
);

const messages: fc.Arbitrary<ReceivedMessage[]> = fc
  .array(
    fc.record({
      body: bodies,
      attributes,
      sentAtMs: fc.oneof(fc.constant(startMs), fc.integer({ min: 0, max: 2 * startMs })),
      receiveCount: fc.oneof(fc.constant(1), fc.nat(2_000)),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => all.map((message, index) => ({ ...message, messageId: `m-${index}`, receiptHandle: `r-${index}` })));

function hostileWorld() {
  const fetched: string[] = [];
  const store = processorWorld().payloads;
  const payloads: PayloadStore = {
    ...store,
    get: async (pointer) => {
      fetched.push(`${pointer.bucket}/${pointer.key}`);
      return pointer.key === stored ? Buffer.from('offloaded') : 'missing';
    },
  };
  const signingKeys = [signingKey(Buffer.alloc(32, 7).toString('base64'))];
  const world = processorWorld([answered(200)], { payloads, credentials: async () => ({ signingKeys, headers: {} }) });
  return { world, fetched };
}

function expectHarmless({ world, fetched }: ReturnType<typeof hostileWorld>): void {
  // Every error that nobody expected ends in one of these.
  expect(world.steps.filter(({ step }) => step === 'fault')).toEqual([]);
  for (const path of fetched) expect(path).toMatch(/^payload-bucket\/payloads\/open-messaging\/[A-Za-z0-9-]{1,128}$/);
  for (const { headers } of world.destination.requests) {
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    expect(headers).not.toHaveProperty('x-injected');
    expect(headers['x-relay-route']).toBe(route);
  }
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
}

test('whatever a message says, it is delivered, set aside as it was, or waits for its turn', async () => {
  await fc.assert(
    fc.asyncProperty(messages, async (batch) => {
      const hostile = hostileWorld();
      const { world } = hostile;
      const { kept } = await run(world, batch);

      expectHarmless(hostile);
      const settled = batch.filter(({ messageId }) => !kept.includes(messageId));
      const duplicates = world.steps.filter(({ step }) => step === 'duplicate').length;
      // The destination takes everything: what is acknowledged was posted, is a dead letter, was posted before, or was
      // put on the queue anew.
      expect(world.destination.requests.length + world.deadLetters.length + duplicates + world.sentAgain.length).toBe(
        settled.length,
      );
      const bodiesOfBatch = batch.map(({ body }) => body);
      for (const { body, attributes } of world.deadLetters) {
        expect(bodiesOfBatch).toContain(body);
        expect(deadLetterCauses).toContain(attributes.Cause?.value);
      }
    }),
    { numRuns: 5_000 },
  );
}, 120_000);

test('whatever a message says, a trial with it comes to a result', async () => {
  await fc.assert(
    fc.asyncProperty(messages, async ([message]) => {
      if (message === undefined) return;
      const hostile = hostileWorld();
      const { messageId, receiptHandle, body, attributes } = message;
      const trial = { messageId, receiptHandle, message: { body, attributes } };
      const endsAtMs = hostile.world.clock.now() + functionTimeoutMs;
      const { outcome } = await tryEvent(hostile.world.context, { trial, lastDeliveredAtMs: 0 }, endsAtMs);

      expectHarmless(hostile);
      // Nothing is down here: a trial that learns nothing would be one that a message has upset.
      expect(['answered', 'not-posted']).toContain(outcome);
    }),
    { numRuns: 2_000 },
  );
}, 60_000);
