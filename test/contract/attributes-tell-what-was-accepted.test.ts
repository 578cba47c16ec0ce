import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  attributeNames,
  number,
  parseAttributes,
  text,
  type WebhookMetadata,
  webhookAttributes,
} from '../../lambdas/contract/message-attributes.ts';
import { eventIds, routeNames } from '../support/arbitraries.ts';

const webhook: WebhookMetadata = { eventId: 'channel:Text:1', route: 'orders', receivedAtMs: 1_772_619_322_417 };

/** What Node can send on as a header, and SQS and S3 take. */
const headerValues = fc.stringMatching(/^[\t\x20-\x7e]{1,2048}$/);

const webhooks: fc.Arbitrary<WebhookMetadata> = fc.record({
  eventId: eventIds,
  route: routeNames,
  receivedAtMs: fc.integer({ min: 0, max: Date.parse('9999-12-31T23:59:59.999Z') }),
  contentType: fc.option(headerValues, { nil: undefined }),
  signature: fc.option(headerValues, { nil: undefined }),
});

describe('the attributes of an accepted webhook', () => {
  test('have the names and types that scripts outside the repository read', () => {
    expect(webhookAttributes({ ...webhook, contentType: 'application/json', signature: 'sha256=abc=' })).toEqual({
      EventId: { type: 'String', value: 'channel:Text:1' },
      Route: { type: 'String', value: 'orders' },
      ReceivedAt: { type: 'Number', value: '1772619322417' },
      ContentType: { type: 'String', value: 'application/json' },
      Signature: { type: 'String', value: 'sha256=abc=' },
    });
  });

  test('are read back as they were written', () => {
    fc.assert(
      fc.property(webhooks, ({ eventId, route, receivedAtMs, contentType, signature }) => {
        const written = webhookAttributes({ eventId, route, receivedAtMs, contentType, signature });
        expect(parseAttributes(written)).toEqual({
          kind: 'parsed',
          known: {
            EventId: eventId,
            Route: route,
            ReceivedAt: receivedAtMs,
            ...(contentType !== undefined && { ContentType: contentType }),
            ...(signature !== undefined && { Signature: signature }),
          },
        });
      }),
    );
  });

  test.each([
    ['absent', undefined],
    ['empty, which SQS refuses', ''],
    ['with a control character', 'text/plain\u0000'],
    ['with an escape sequence', '\u001b[31mtext/plain'],
    ['with U+FFFE', 'text/\ufffe'],
    ['with a lone surrogate', 'text/\ud800'],
    ['with a line break, which would end the header', 'text/plain\r\nX-Injected: 1'],
    ['with a letter outside ASCII, which Node does not send', 'text/plain; name=\u2603'],
    ['over 2,048 bytes', 'a'.repeat(2049)],
    ['over 2,048 bytes in fewer characters', '\u20ac'.repeat(683)],
  ])('leave out a header value that is %s', (_, value) => {
    const attributes = webhookAttributes({ ...webhook, contentType: value, signature: value });
    expect(Object.keys(attributes)).toEqual(['EventId', 'Route', 'ReceivedAt']);
  });

  test('carry a header value of exactly 2,048 bytes', () => {
    const contentType = 'a'.repeat(2048);
    expect(webhookAttributes({ ...webhook, contentType })).toMatchObject({ ContentType: { value: contentType } });
  });
});

describe('the attributes of a received message', () => {
  test('can all be missing: an operator may have sent it by hand', () => {
    expect(parseAttributes({})).toEqual({ kind: 'parsed', known: {} });
  });

  test('are read beside those that others have added', () => {
    const attributes = { Route: text('orders'), TraceId: text('1-2-3'), constructor: text('x') };
    expect(parseAttributes(attributes)).toEqual({ kind: 'parsed', known: { Route: 'orders' } });
  });

  test('tell the size that an old Java client wrote', () => {
    expect(parseAttributes({ SQSLargePayloadSize: number(300_000) })).toEqual({
      kind: 'parsed',
      known: { SQSLargePayloadSize: 300_000 },
    });
  });

  describe.each([
    attributeNames.receivedAt,
    attributeNames.extendedPayloadSize,
    attributeNames.lastStatus,
    attributeNames.attempts,
    attributeNames.redrivenAt,
    'SQSLargePayloadSize',
  ])('%s', (name) => {
    test.each([
      '',
      ' ',
      '-1',
      '+1',
      '1.5',
      '1e3',
      '0x10',
      '1,000',
      ' 1',
      '1\n',
      'NaN',
      'Infinity',
      '\u0661',
      '1'.repeat(16),
    ])('is malformed when it is %j', (value) => {
      expect(parseAttributes({ [name]: { type: 'Number', value } })).toMatchObject({ kind: 'malformed' });
    });

    test('is a number when it is whole', () => {
      fc.assert(
        fc.property(fc.nat({ max: 999_999_999_999_999 }), (value) => {
          expect(parseAttributes({ [name]: number(value) })).toEqual({ kind: 'parsed', known: { [name]: value } });
        }),
      );
    });
  });

  test.each([
    ['empty', ''],
    ['over 256 characters', 'a'.repeat(257)],
    ['with a space', 'a b'],
    ['with a line break, which would end the header that carries it', 'a\r\nX-Injected: 1'],
    ['with a letter outside ASCII', 'caf\u00e9'],
    ['with a delete character', 'a\u007f'],
  ])('are malformed with an event id that is %s', (_, value) => {
    expect(parseAttributes({ EventId: text(value) })).toMatchObject({ kind: 'malformed' });
  });

  test.each(['', 'Base64', 'gzip', 'base64 '])('are malformed with a body encoding of %j', (value) => {
    expect(parseAttributes({ BodyEncoding: text(value) })).toMatchObject({ kind: 'malformed' });
  });

  test('are named in the problem, their values are not: one may be a secret', () => {
    const parsed = parseAttributes({ ReceivedAt: text('hunter2') });
    expect(parsed).toEqual({ kind: 'malformed', problem: expect.stringContaining('ReceivedAt') });
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });
});
