import { longestExcerptBytes } from '../../../lambdas/contract/ports.ts';
import { hexDump } from '../terminal/hex-dump.ts';
import { indentJson } from '../terminal/indent-json.ts';
import { age, printable } from '../terminal/printable.ts';
import type { Paint } from '../terminal/terminal.ts';
import { receiveLimitCause } from './dead-letter.ts';
import { historyOf, whereItStands } from './explain-delivery.ts';
import type { BodyView } from './read-body.ts';
import type { ShownDeadLetter } from './show-dead-letters.ts';

/** Enough to tell what a binary body is. */
const hexDumpBytes = 512;

/** One dead letter as `relay dlq show` prints it: what the relay knows, its attributes, the last answer, its body. */
export function renderDeadLetter(shown: ShownDeadLetter, nowMs: number, paint: Paint): string {
  const facts: readonly (readonly [string, string | number | undefined])[] = [
    ['message id', shown.messageId],
    ['event id', shown.eventId],
    ['route', shown.route],
    ['received', `${new Date(shown.receivedAtMs).toISOString()} (${age(shown.receivedAtMs, nowMs)} ago)`],
    [
      'cause',
      shown.cause === receiveLimitCause ? `${shown.cause} (moved by SQS after too many receives)` : shown.cause,
    ],
    ['attempts', shown.attempts],
    ['last status', shown.lastStatus],
    ['last error', shown.lastError],
    ['delivery', shown.deliveryStatus],
    ['stands', whereItStands(shown, nowMs)],
  ];
  const attributes = Object.entries(shown.attributes).map(
    ([name, { value }]) => [name, typeof value === 'string' ? value : `${value.byteLength} bytes`] as const,
  );
  return [
    paint('bold', `dead letter ${shown.messageId}`),
    ...facts.map(([name, value]) => line(name, value)),
    '',
    paint('bold', 'history'),
    ...historyOf(shown).map(({ atMs, what }) => `  ${new Date(atMs).toISOString()}  ${printable(what)}`),
    '',
    paint('bold', 'attributes'),
    ...attributes.map(([name, value]) => line(name, value)),
    '',
    ...renderLastAnswer(shown.lastAnswer, paint),
    ...renderBody(shown.bodyView, paint),
  ].join('\n');
}

function line(name: string, value: string | number | undefined): string {
  return `  ${printable(name).padEnd(20)}  ${printable(String(value ?? '-'))}`;
}

/** Cut off where the record cuts it, so it is shown as it came: half a JSON document cannot be indented. */
function renderLastAnswer(answer: string | undefined, paint: Paint): readonly string[] {
  if (answer === undefined) return [];
  return [
    `${paint('bold', 'last answer')} (of the destination, ${longestExcerptBytes} bytes at most)`,
    printable(answer),
    '',
  ];
}

function renderBody(body: BodyView, paint: Paint): readonly string[] {
  const heading = (facts: string) => `${paint('bold', 'body')} (${facts})`;
  switch (body.kind) {
    case 'text': {
      const json = indentJson(body.text);
      const facts = `${body.bytes} bytes, ${json === undefined ? 'text' : 'JSON, indented here'}${origin(body)}`;
      return [heading(facts), printable(json ?? body.text)];
    }
    case 'binary': {
      const { byteLength } = body.content;
      const cut = byteLength > hexDumpBytes ? `, the first ${hexDumpBytes} shown` : '';
      return [
        heading(`${byteLength} bytes, not UTF-8${cut}${origin(body)}`),
        hexDump(body.content.subarray(0, hexDumpBytes)),
      ];
    }
    case 'foreign-pointer': {
      const { bucket, key } = body.pointer;
      return [heading(printable(`not fetched: s3://${bucket}/${key} is not a payload of this route`))];
    }
    case 'payload-missing':
      return [heading(`gone: s3://${body.pointer.bucket}/${body.pointer.key} does not exist any more`)];
    case 'payload-unreadable':
      return [heading(`not fetched: ${printable(body.error)}`)];
    case 'malformed':
      return [heading(`${body.problem}; as it is in the queue`), printable(body.text)];
  }
}

function origin({ storedAt }: Extract<BodyView, { kind: 'text' | 'binary' }>): string {
  return storedAt === undefined ? '' : `, from s3://${storedAt.bucket}/${storedAt.key}`;
}
