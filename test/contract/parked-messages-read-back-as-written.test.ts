import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  readSpilled,
  readTrialMessage,
  type SpilledWebhook,
  spillKey,
  spillPrefix,
  type TrialMessage,
  trialKey,
  trialPrefix,
  writeSpilled,
  writeTrialMessage,
} from '../../lambdas/contract/parked-message.ts';
import { payloadPrefix } from '../../lambdas/contract/payload-pointer.ts';
import { anyStrings, jsonBodies, routeNames } from '../support/arbitraries.ts';

/** `__proto__` is no name of an attribute: SQS allows letters, digits, dashes, dots and underscores, and we write ten. */
const attributeNames = anyStrings.filter((name) => name !== '__proto__');

const messages = fc.record({
  body: anyStrings,
  attributes: fc.dictionary(
    attributeNames,
    fc.record({ type: fc.constantFrom<'String' | 'Number'>('String', 'Number'), value: anyStrings }),
    { noNullPrototype: true },
  ),
});

const spilledWebhooks: fc.Arbitrary<SpilledWebhook> = fc.record({ route: routeNames, message: messages });

const trialMessages: fc.Arbitrary<TrialMessage> = fc.record({
  messageId: fc.uuid(),
  receiptHandle: anyStrings,
  message: messages,
});

describe('what is parked comes back as it was, whatever characters it has', () => {
  test('a spilled webhook', () => {
    fc.assert(
      fc.property(spilledWebhooks, (spilled) => {
        expect(readSpilled(throughUtf8(writeSpilled(spilled)))).toEqual(spilled);
      }),
      { numRuns: 1000 },
    );
  });

  test('the copy for a trial', () => {
    fc.assert(
      fc.property(trialMessages, (trial) => {
        expect(readTrialMessage(throughUtf8(writeTrialMessage(trial)))).toEqual(trial);
      }),
      { numRuns: 1000 },
    );
  });
});

/** As S3 keeps it: bytes. */
function throughUtf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

describe('what the relay cannot have written is read as nothing', () => {
  const message = { body: 'b', attributes: { Route: { type: 'String', value: 'orders' } } };
  const binary = { ...message, attributes: { Route: { type: 'Binary', value: 'AA==' } } };

  const noSpills: readonly [name: string, text: string][] = [
    ['an empty text', ''],
    ['text that is not JSON', writeSpilled({ route: 'orders', message: { body: 'b', attributes: {} } }).slice(0, -1)],
    ['null', 'null'],
    ['an array', '[]'],
    ['no route', JSON.stringify({ message })],
    ['no message', JSON.stringify({ route: 'orders' })],
    ['no body', JSON.stringify({ route: 'orders', message: { attributes: {} } })],
    ['no attributes', JSON.stringify({ route: 'orders', message: { body: 'b' } })],
    ['a binary attribute', JSON.stringify({ route: 'orders', message: binary })],
    ['an attribute with a bare number', JSON.stringify({ route: 'r', message: { body: 'b', attributes: { A: 1 } } })],
    ['the copy for a trial', JSON.stringify({ messageId: 'm', receiptHandle: 'r', message })],
  ];

  test.each(noSpills)('as a spilled webhook: %s', (_name, text) => {
    expect(readSpilled(text)).toBeUndefined();
  });

  const noTrials: readonly [name: string, text: string][] = [
    ['an empty text', ''],
    ['null', 'null'],
    ['no message id', JSON.stringify({ receiptHandle: 'r', message })],
    ['no receipt', JSON.stringify({ messageId: 'm', message })],
    ['no message', JSON.stringify({ messageId: 'm', receiptHandle: 'r' })],
    ['a binary attribute', JSON.stringify({ messageId: 'm', receiptHandle: 'r', message: binary })],
    ['a spilled webhook', JSON.stringify({ route: 'orders', message })],
  ];

  test.each(noTrials)('as the copy for a trial: %s', (_name, text) => {
    expect(readTrialMessage(text)).toBeUndefined();
  });

  test('any JSON that a sender may send', () => {
    fc.assert(
      fc.property(jsonBodies, (bytes) => {
        const text = Buffer.from(bytes).toString('utf8');
        expect([readSpilled(text), readTrialMessage(text)]).toEqual([undefined, undefined]);
      }),
    );
  });
});

describe('the key of', () => {
  /** Until the year 33658; S3 compares keys as the bytes of their UTF-8. */
  const moments = fc.integer({ min: 0, max: 999_999_999_999_999 });

  test('a spilled webhook sorts by the time of its receipt', () => {
    fc.assert(
      fc.property(moments, moments, fc.uuid(), fc.uuid(), (a, b, idA, idB) => {
        fc.pre(a !== b);
        const order = Buffer.compare(Buffer.from(spillKey(a, idA, 'r')), Buffer.from(spillKey(b, idB, 'r')));
        expect(order).toBe(Math.sign(a - b));
      }),
    );
  });

  test('a spilled webhook is its own, also among those of one millisecond', () => {
    expect(spillKey(7, 'a', 'r')).not.toBe(spillKey(7, 'b', 'r'));
  });

  test('a copy names its route, and no other route’s prefix covers it', () => {
    fc.assert(
      fc.property(routeNames, routeNames, fc.uuid(), (route, other, id) => {
        fc.pre(route !== other);
        expect(trialKey(route, id).startsWith(trialKey(route, ''))).toBe(true);
        expect(trialKey(route, id).startsWith(trialKey(other, ''))).toBe(false);
      }),
    );
  });

  test('each kind lies apart from the others, whose lifecycles differ', () => {
    const prefixes = [spillPrefix, trialPrefix, payloadPrefix];
    const covers = prefixes.flatMap((a) => prefixes.filter((b) => a !== b && a.startsWith(b)));
    expect(covers).toEqual([]);
    expect(spillKey(1, 'a', 'r').startsWith(spillPrefix)).toBe(true);
    expect(trialKey('orders', 'a').startsWith(trialPrefix)).toBe(true);
  });
});
