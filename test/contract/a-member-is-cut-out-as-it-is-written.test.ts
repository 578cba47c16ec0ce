import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { memberText } from '../../lambdas/contract/member-text.ts';

describe('a member of an object is cut out', () => {
  test.each([
    ['a number with more digits than a double holds', '{"detail":12345678901234567890.10}', '12345678901234567890.10'],
    ['escapes that need not be', '{"detail":"\\u0041\\/"}', '"\\u0041\\/"'],
    ['white space inside, and none around', '{ "detail" :\n { "a" : 1 }\t, "b":2}', '{ "a" : 1 }'],
    ['marks of JSON inside a text', '{"a":"}","detail":"{\\"detail\\":[,]}"}', '"{\\"detail\\":[,]}"'],
    ['the same name deeper down', '{"a":{"detail":1},"b":[{"detail":2}],"detail":3}', '3'],
    ['a name that is a value elsewhere', '{"a":"detail","detail":4}', '4'],
    ['the last of several, as JSON.parse does', '{"detail":1,"x":0,"detail":2}', '2'],
    ['a name with escapes', '{"det\\u0061il":5}', '5'],
  ])('%s', (_what, json, text) => {
    expect(memberText(json, 'detail')).toBe(text);
    expect(JSON.parse(text)).toEqual(JSON.parse(json).detail);
  });

  test.each(['{}', '{"a":{"detail":1}}', '{"a":"detail"}', '[{"detail":1}]'])('unless there is none: %s', (json) => {
    expect(memberText(json, 'detail')).toBeUndefined();
  });

  test('of any object, however it is indented', () => {
    const objects = fc.dictionary(fc.oneof(fc.constant('detail'), fc.string()), fc.jsonValue(), { maxKeys: 6 });
    fc.assert(
      fc.property(objects, fc.constantFrom(0, 1, '\t', ' \r'), (object, indent) => {
        const json = JSON.stringify(object, undefined, indent);
        for (const [name, value] of Object.entries(JSON.parse(json))) {
          const text = memberText(json, name);
          expect(json).toContain(text);
          expect(JSON.parse(text ?? '')).toEqual(value);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('however long its texts and deep its values are', () => {
    const text = `"${'a\\n'.repeat(400_000)}"`;
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(memberText(`{"a":${deep},"detail":${text}}`, 'detail')).toBe(text);
    expect(memberText(`{"a":${text},"detail":${deep}}`, 'detail')).toBe(deep);
  });
});
