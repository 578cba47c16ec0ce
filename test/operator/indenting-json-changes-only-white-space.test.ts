import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { indentJson } from '../../lib/operator/terminal/indent-json.ts';

test('indented JSON is what JSON.stringify would indent', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom('', ' ', '\t'), (value, space) => {
      expect(indentJson(JSON.stringify(value, null, space))).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

test('repeated keys, long numbers and escapes stay', () => {
  expect(indentJson('{"a":1e400,"a":12345678901234567890,"\\u0061":"\\/{\\"[,:"}')).toBe(
    '{\n  "a": 1e400,\n  "a": 12345678901234567890,\n  "\\u0061": "\\/{\\"[,:"\n}',
  );
});

test.each(['', 'hello', '{"a":}', "{'a':1}", '[1,]'])('%j is no JSON', (text) => {
  expect(indentJson(text)).toBeUndefined();
});

test('nesting that would take gigabytes to indent is left alone', () => {
  const depth = 400_000;
  expect(indentJson('['.repeat(depth) + ']'.repeat(depth))).toBeUndefined();
});

test('a text as long as the platform takes is no deeper than any other', () => {
  const body = JSON.stringify({ audio: 'x'.repeat(10_000_000) });

  expect(indentJson(body)).toBe(JSON.stringify(JSON.parse(body), null, 2));
});
