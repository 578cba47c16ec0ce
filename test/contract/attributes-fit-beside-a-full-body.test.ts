import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { deadLetterCauses } from '../../lambdas/contract/errors.ts';
import {
  attributeBytes,
  attributeNames,
  type MessageAttributes,
  maxAttributeBytes,
  number,
  text,
  webhookAttributes,
} from '../../lambdas/contract/message-attributes.ts';
import { eventIds, routeNames, sqsSafeStrings } from '../support/arbitraries.ts';

/** SQS takes no more attributes on one message (AWS: quotas related to messages). */
const mostAttributes = 10;

/** Header values of any length up to well over the cap. */
const headerValues = fc.oneof(
  sqsSafeStrings,
  fc
    .tuple(sqsSafeStrings, fc.integer({ min: 1, max: 3000 }))
    .map(([piece, times]) => piece.repeat(times).slice(0, 3000)),
);

/** All that can be on a message at once: a dead letter that was redriven before and is offloaded or base64. */
const fullestMessages: fc.Arbitrary<MessageAttributes> = fc
  .record({
    eventId: eventIds,
    route: routeNames,
    receivedAtMs: fc.maxSafeNat(),
    contentType: headerValues,
    signature: headerValues,
    bodyAttribute: fc.oneof(
      fc.constant({ [attributeNames.bodyEncoding]: text('base64') }),
      fc.maxSafeNat().map((bytes) => ({ [attributeNames.extendedPayloadSize]: number(bytes) })),
    ),
    cause: fc.constantFrom(...deadLetterCauses),
    lastStatus: fc.integer({ min: 100, max: 599 }),
    attempts: fc.maxSafeNat(),
    redrivenAtMs: fc.maxSafeNat(),
  })
  .map((message) => ({
    ...webhookAttributes(message),
    ...message.bodyAttribute,
    [attributeNames.cause]: text(message.cause),
    [attributeNames.lastStatus]: number(message.lastStatus),
    [attributeNames.attempts]: number(message.attempts),
    [attributeNames.redrivenAt]: number(message.redrivenAtMs),
  }));

describe('the attributes of any message of the relay', () => {
  test('stay under the bound that the inline limit leaves for them', () => {
    fc.assert(fc.property(fullestMessages, (attributes) => attributeBytes(attributes) <= maxAttributeBytes));
  });

  test('stay under it with every value at its longest', () => {
    const longestNumber = Number.MAX_SAFE_INTEGER;
    const longestCause = [...deadLetterCauses].sort((a, b) => b.length - a.length)[0] ?? '';
    const attributes = {
      ...webhookAttributes({
        eventId: 'e'.repeat(256),
        route: 'r'.repeat(64),
        receivedAtMs: longestNumber,
        contentType: 'c'.repeat(2048),
        signature: 's'.repeat(2048),
      }),
      [attributeNames.bodyEncoding]: text('base64'),
      [attributeNames.extendedPayloadSize]: number(longestNumber),
      [attributeNames.cause]: text(longestCause),
      [attributeNames.lastStatus]: number(599),
      [attributeNames.attempts]: number(longestNumber),
      [attributeNames.redrivenAt]: number(longestNumber),
      [attributeNames.editedAt]: number(longestNumber),
    };
    expect(Object.keys(attributes).sort()).toEqual(Object.values(attributeNames).sort());
    expect(attributeBytes(attributes)).toBeLessThanOrEqual(maxAttributeBytes);
  });

  test('are no more than SQS takes, since a body is base64 or offloaded and never both', () => {
    fc.assert(fc.property(fullestMessages, (attributes) => Object.keys(attributes).length <= mostAttributes));
  });
});

describe('the size of attributes is counted as SQS counts it', () => {
  test('name, type and value, in bytes', () => {
    expect(attributeBytes({})).toBe(0);
    expect(attributeBytes({ Route: text('orders') })).toBe('Route'.length + 'String'.length + 'orders'.length);
    expect(attributeBytes({ ReceivedAt: number(1234) })).toBe('ReceivedAt'.length + 'Number'.length + 4);
  });

  test('not in characters', () => {
    expect(attributeBytes({ A: text('\u20ac') })).toBe(1 + 6 + 3);
    expect(attributeBytes({ A: text('\u{1f600}') })).toBe(1 + 6 + 4);
  });

  test('as the sum over the attributes', () => {
    fc.assert(
      fc.property(fullestMessages, (attributes) => {
        const each = Object.entries(attributes).map(([name, attribute]) => attributeBytes({ [name]: attribute }));
        expect(attributeBytes(attributes)).toBe(each.reduce((sum, bytes) => sum + bytes, 0));
      }),
    );
  });
});
