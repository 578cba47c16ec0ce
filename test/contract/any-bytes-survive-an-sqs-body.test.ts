import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { fromSqsBody, toSqsBody } from '../../lambdas/contract/sqs-safe-body.ts';
import { byteStrings, jsonBodies, sqsSafeStrings, utf8 } from '../support/arbitraries.ts';

/** The characters of the SendMessage reference, written out: the codec's own expression must not judge itself. */
function sqsTakes(text: string): boolean {
  return Array.from(text, (character) => character.codePointAt(0) ?? -1).every(
    (code) =>
      code === 0x9 ||
      code === 0xa ||
      code === 0xd ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      (code >= 0x10000 && code <= 0x10ffff),
  );
}

function throughSqs(bytes: Uint8Array): Uint8Array {
  const restored = fromSqsBody(toSqsBody(bytes));
  if (restored === undefined) throw new Error('the codec does not read what it wrote');
  return new Uint8Array(restored);
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

describe('a request body as an SQS message body', () => {
  test('comes out as the bytes that went in, whatever they are', () => {
    fc.assert(
      fc.property(byteStrings, (bytes) => expect(throughSqs(bytes)).toEqual(bytes)),
      { numRuns: 1000 },
    );
  });

  test('never holds a character that makes SQS refuse the message', () => {
    fc.assert(
      fc.property(byteStrings, (bytes) => sqsTakes(toSqsBody(bytes).text)),
      { numRuns: 1000 },
    );
  });

  test('is empty only for an empty request, which SQS would refuse', () => {
    fc.assert(fc.property(byteStrings, (bytes) => (toSqsBody(bytes).text === '') === (bytes.length === 0)));
  });

  test('is the very text of the request where SQS can carry it, so that an operator can read it', () => {
    fc.assert(
      fc.property(sqsSafeStrings, (text) => {
        expect(toSqsBody(utf8(text))).toEqual({ encoding: 'utf-8', text });
      }),
    );
  });

  test('is text for JSON in any spelling, escapes and white space kept', () => {
    fc.assert(
      fc.property(jsonBodies, (bytes) => {
        expect(toSqsBody(bytes)).toEqual({ encoding: 'utf-8', text: Buffer.from(bytes).toString('utf8') });
      }),
    );
  });

  test.each([
    ['a leading byte order mark', 'efbbbf7b7d'],
    ['two leading byte order marks', 'efbbbfefbbbf7b7d'],
    ['nothing but a byte order mark', 'efbbbf'],
    ['a replacement character that the sender wrote', 'efbfbd'],
    ['the last character before the surrogates', 'ed9fbf'],
    ['a character beyond the basic plane', 'f09f9880'],
    ['a delete character', '7f'],
    ['tab, carriage return and line feed', '090d0a'],
  ])('is text, byte for byte, with %s', (_, hex) => {
    const bytes = fromHex(hex);
    expect(toSqsBody(bytes).encoding).toBe('utf-8');
    expect(throughSqs(bytes)).toEqual(bytes);
  });

  test.each([
    ['NUL', '00'],
    ['a vertical tab', '610b62'],
    ['an escape character', '1b5b306d'],
    ['U+FFFE', 'efbfbe'],
    ['U+FFFF', 'efbfbf'],
    ['a surrogate written as a character', 'eda080'],
    ['a character cut short', 'e298'],
    ['a continuation byte alone', '80'],
    ['an overlong NUL', 'c080'],
    ['a code point past the last', 'f4908080'],
    ['UTF-16', 'fffe7b007d00'],
  ])('is base64, byte for byte, with %s', (_, hex) => {
    const bytes = fromHex(hex);
    expect(toSqsBody(bytes)).toEqual({ encoding: 'base64', text: Buffer.from(bytes).toString('base64') });
    expect(throughSqs(bytes)).toEqual(bytes);
  });

  test('takes only the view it is given of a larger buffer', () => {
    const request = new Uint8Array([0x61, 0x00, 0xff, 0x62]);
    expect(throughSqs(request.subarray(1, 3))).toEqual(new Uint8Array([0x00, 0xff]));
  });

  test('carries a full-size body either way', () => {
    const fullSizeBytes = 1024 * 1024;
    const letters = new Uint8Array(fullSizeBytes).fill(0x61);
    const nuls = new Uint8Array(fullSizeBytes);
    expect(Buffer.compare(throughSqs(letters), letters)).toBe(0);
    expect(Buffer.compare(throughSqs(nuls), nuls)).toBe(0);
  });
});

describe('a message body that calls itself base64', () => {
  test.each([
    ['a character outside the alphabet', 'QUJ$'],
    ['the URL-safe alphabet', 'Pz8_'],
    ['missing padding', 'QUI'],
    ['too much padding', 'QQ==='],
    ['padding in the middle', 'QQ==QUJD'],
    ['padding alone', '===='],
    ['a line break', 'QUJD\nQUJD'],
    ['a final line break', 'QUJD\n'],
    ['a space', 'QU JD'],
    ['JSON', '{"id":1}'],
  ])('is no body with %s: Node would skip the fault and make up bytes', (_, text) => {
    expect(fromSqsBody({ encoding: 'base64', text })).toBeUndefined();
  });

  test('is refused in linear time when the fault is at the end of a full-size text', () => {
    const text = `${'A'.repeat(1024 * 1024 - 1)}$`;
    expect(fromSqsBody({ encoding: 'base64', text })).toBeUndefined();
  });
});
