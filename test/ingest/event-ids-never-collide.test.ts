import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { eventIdOf } from '../../lambdas/ingest/event-id.ts';
import { byteStrings } from '../support/arbitraries.ts';

const source = { pointers: ['/0', '/1', '/2'] };

/** The id of a body that is a list of parts; the number of pointers is that of the parts. */
function idOf(parts: readonly string[]): string {
  const body = Buffer.from(JSON.stringify(parts));
  return eventIdOf({ route: 'r', headers: {}, body }, 'none', { pointers: source.pointers.slice(0, parts.length) });
}

/** Parts made to collide: separators, escapes and escaped separators are what a careless join mixes up. */
const parts = fc.array(
  fc.oneof(
    fc.string({ unit: fc.constantFrom(':', '%', '3', 'A', '2', '5', '.', '/', 'é', '☃'), minLength: 1, maxLength: 5 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.string({ minLength: 80, maxLength: 90 }),
  ),
  { minLength: 1, maxLength: 3 },
);

test('different parts give different ids', () => {
  fc.assert(
    fc.property(parts, parts, (some, others) => {
      fc.pre(JSON.stringify(some) !== JSON.stringify(others));
      expect(idOf(some)).not.toBe(idOf(others));
    }),
    { numRuns: 500 },
  );
});

/** Other parts that a join without escapes, or an escape without care, would take for the same. */
const confusions: readonly ((parts: readonly string[]) => string[])[] = [
  (parts) => [parts.join(':')],
  (parts) => parts.join(':').split(':').slice(0, 3),
  (parts) => parts.map((part) => part.replaceAll(':', '%3A')),
  (parts) => parts.map((part) => part.replaceAll('%', '%25')),
  (parts) => parts.map((part) => part.replaceAll('.', '%2E')),
  (parts) => parts.map((part) => encodeURIComponent(part)),
  (parts) => parts.map((part) => part.normalize('NFD')),
  (parts) => parts.map((part) => part.toLowerCase()),
  (parts) => [...parts].reverse(),
];

test('parts that look like others once joined or escaped give different ids', () => {
  fc.assert(
    fc.property(parts, (some) => {
      for (const confuse of confusions) {
        const others = confuse(some);
        if (JSON.stringify(some) !== JSON.stringify(others)) expect(idOf(some)).not.toBe(idOf(others));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('an id is printable, short, free of full stops, and the same each time', () => {
  fc.assert(
    fc.property(parts, (some) => {
      expect(idOf(some)).toMatch(/^(?:[A-Za-z0-9_:%-]{1,200}|[0-9a-f]{64})$/);
      expect(idOf(some)).toBe(idOf([...some]));
    }),
    { numRuns: 500 },
  );
});

test('a body that nothing can be read from is known by all of its bytes', () => {
  fc.assert(
    fc.property(byteStrings, (body) => {
      const expected = createHash('sha256').update(body).digest('hex');
      expect(eventIdOf({ route: 'r', headers: {}, body }, 'open-messaging')).toBe(expected);
    }),
  );
});

test('a header of any kind makes an id that SQS, DynamoDB and HTTP can carry', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), (header) => {
      const id = eventIdOf({ route: 'r', headers: { 'webhook-id': header }, body: Buffer.from('x') }, 'none');
      expect(id).toMatch(/^(?:[A-Za-z0-9_:%-]{1,200}|[0-9a-f]{64})$/);
    }),
  );
});

// Escaping 5.8 MB took 100 to 560 times as long as reading them: on the function, over its 8 s.
test.each(['"', 'é', '.', '😀'])(
  'a part as long as a body is hashed as it is, and not escaped first: %s',
  (character) => {
    const long = character.repeat(5_800_000 / Buffer.byteLength(character));

    expect(idOf([long])).toBe(
      createHash('sha256')
        .update(JSON.stringify([long]))
        .digest('hex'),
    );
    expect(idOf([`${long}x`])).not.toBe(idOf([long]));
  },
);
