import * as fc from 'fast-check';

/** Short byte sequences, each of which some codec is known to alter, drop or refuse. */
const nastyBytes: readonly (readonly number[])[] = [
  [0xef, 0xbb, 0xbf], // byte order mark: decoders drop it at the start
  [0xff, 0xfe], // UTF-16 byte order mark
  [0x00],
  [0x0b], // vertical tab: a control character that is not white space to SQS
  [0x1b],
  [0x7f], // delete: allowed by SQS, escaped by nobody
  [0xc2, 0x85], // next line: a control character that SQS allows
  [0x0d, 0x0a],
  [0xe2, 0x80, 0xa8], // line separator: legal in JSON, once illegal in JavaScript
  [0xed, 0x9f, 0xbf], // U+D7FF, the last before the surrogates
  [0xed, 0xa0, 0x80], // U+D800 written as if it were a character
  [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], // a surrogate pair, each half written as a character
  [0xee, 0x80, 0x80], // U+E000, the first after the surrogates
  [0xef, 0xbf, 0xbd], // U+FFFD: what decoders put in place of bad bytes, here sent on purpose
  [0xef, 0xbf, 0xbe], // U+FFFE: valid UTF-8 that SQS refuses
  [0xef, 0xbf, 0xbf], // U+FFFF: the same
  [0xf0, 0x9f, 0x98, 0x80], // beyond the basic plane
  [0xf0, 0x9f, 0xbf, 0xbf], // U+1FFFF: no character, and allowed all the same
  [0xf4, 0x8f, 0xbf, 0xbf], // U+10FFFF, the last
  [0xf4, 0x90, 0x80, 0x80], // one past the last
  [0xc0, 0x80], // NUL in two bytes
  [0xe2, 0x98], // a character cut short
  [0x80], // a continuation of nothing
  [...Buffer.from('\\u2603 \\ud83d \\u0000')], // escapes that a re-serialised JSON would lose
  [...Buffer.from('=+/%22&amp;<![CDATA[')],
];

const utf16Strings = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0xd800, 0xdc00, 0xfffe, 0xffff, 0x00, 0x22)))
  .map((units) => String.fromCharCode(...units));

/** Any JavaScript string at all, with lone surrogates, quotes and control characters among the rest. */
export const anyStrings: fc.Arbitrary<string> = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), utf16Strings);

/** Request bodies as they come from a network: often text, often nearly text. Includes the empty one. */
export const byteStrings: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.string({ unit: 'binary' }).map(utf8),
  fc
    .array(fc.oneof(fc.constantFrom(...nastyBytes), fc.string({ maxLength: 4 }).map(utf8)), { maxLength: 8 })
    .map((pieces) => Uint8Array.from(pieces.flatMap((piece) => [...piece]))),
);

/** A character that SQS takes, from each of the ranges that its documentation names. */
const sqsSafeCharacters = fc
  .oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
    fc.constantFrom(0x09, 0x0a, 0x0d, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x10ffff),
    fc.integer({ min: 0x20, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0xfffd }),
    fc.integer({ min: 0x10000, max: 0x10ffff }),
  )
  .map((codePoint) => String.fromCodePoint(codePoint));

/** Texts that SQS takes as a message body, apart from the empty one. */
export const sqsSafeStrings: fc.Arbitrary<string> = fc.string({ unit: sqsSafeCharacters, minLength: 1 });

/**
 * JSON documents as bytes, in the spellings that are the same to a parser and different to a signature: compact,
 * indented, and with everything beyond ASCII escaped. All of them can travel as text.
 */
export const jsonBodies: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    fc.jsonValue({ stringUnit: sqsSafeCharacters, maxDepth: 3 }),
    fc.constantFrom<(value: unknown) => string>(
      (value) => JSON.stringify(value),
      (value) => `${JSON.stringify(value, undefined, 2)}\r\n`,
      (value) => escapeNonAscii(JSON.stringify(value)),
    ),
  )
  .map(([value, spell]) => utf8(spell(value)));

/** Event ids as the relay makes them: 1 to 256 printable ASCII characters without a space. */
export const eventIds: fc.Arbitrary<string> = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 256,
});

/** Route names as the configuration allows them. */
export const routeNames: fc.Arbitrary<string> = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);

/** The UTF-8 bytes of a text, as a plain Uint8Array: a Buffer compares as a different type. */
export function utf8(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf8'));
}

function escapeNonAscii(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
