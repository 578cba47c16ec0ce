import { describe, expect, test } from '@jest/globals';
import { renderDeadLetter } from '../../lib/operator/dead-letters/render-dead-letter.ts';
import { renderList } from '../../lib/operator/dead-letters/render-list.ts';
import type { ShownDeadLetter } from '../../lib/operator/dead-letters/show-dead-letters.ts';
import { renderPlan } from '../../lib/operator/redrive/render-redrive.ts';
import { printable, printableLine } from '../../lib/operator/terminal/printable.ts';
import { aDeadLetter, nowMs } from './a-dead-letter.ts';

const paint = (_style: string, text: string) => text;

/** Clears a line, in either form of the escape; deletes; turns the direction of what follows. */
const hostile = 'a\u001b[2Kb\u009b2Kc\u007fd\u202ee\u2066f\u0000\r';

/** Everything that a terminal could obey, less the line breaks that a command prints itself. */
const obeyed = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u;

/** With a hostile text wherever somebody else writes one. */
const deadLetter: ShownDeadLetter = {
  ...aDeadLetter({
    eventId: hostile,
    cause: hostile,
    lastError: hostile,
    lastAnswer: hostile,
    record: { status: 'failed', attempts: 10, lastError: hostile, lastAnswer: hostile },
    attributes: { [hostile]: { type: 'String', value: hostile } },
  }),
  bodyView: { kind: 'text', text: hostile, bytes: 20 },
};

describe('nothing that others wrote plays with the terminal', () => {
  test('in the list of dead letters', () => {
    for (const columns of [undefined, 80])
      expect(renderList([deadLetter], nowMs, { columns, paint })).not.toMatch(obeyed);
  });

  test.each<[string, ShownDeadLetter['bodyView']]>([
    ['with a text', deadLetter.bodyView],
    ['with JSON', { kind: 'text', text: `{"a":"${printableInJson(hostile)}"}`, bytes: 30 }],
    ['with bytes', { kind: 'binary', content: Buffer.from(hostile, 'latin1') }],
    ['with a foreign pointer', { kind: 'foreign-pointer', pointer: { bucket: hostile, key: hostile } }],
    ['with a payload that cannot be read', unreadable()],
    ['that is malformed', { kind: 'malformed', text: hostile, problem: 'it is not what it says' }],
  ])('in a dead letter %s', (_what, bodyView) => {
    expect(renderDeadLetter({ ...deadLetter, bodyView }, nowMs, paint)).not.toMatch(obeyed);
  });

  test('in the plan of a redrive, which the operator confirms', () => {
    const { messageId, eventId, cause } = deadLetter;
    const messages = [{ messageId, eventId, cause, alreadyDelivered: false, redrivenAtMs: nowMs }];
    const plan = [{ route: 'main', queueUrl: 'q', deadLetterQueueUrl: 'd', messages }];
    expect(renderPlan(plan, { flags: '' }, { paint, columns: 100 })).not.toMatch(obeyed);
  });

  test('in JSON, which reads back the same', () => {
    const line = printableLine(JSON.stringify({ text: hostile }));
    expect(line).not.toMatch(obeyed);
    expect(JSON.parse(line)).toEqual({ text: hostile });
  });
});

test('what a language needs is printed as it is', () => {
  const texts = ['Grüße ☃ 😀', 'שלום', 'السلام\u200f عليكم', 'a\tb\nc'];
  for (const text of texts) expect(printable(text)).toBe(text);
});

/** Controls below the space cannot stand in a JSON string. */
function printableInJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function unreadable(): ShownDeadLetter['bodyView'] {
  return { kind: 'payload-unreadable', pointer: { bucket: 'b', key: 'k' }, error: hostile };
}
