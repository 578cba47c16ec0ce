import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { number, text } from '../../lambdas/contract/message-attributes.ts';
import { payloadKey, writePointer } from '../../lambdas/contract/payload-pointer.ts';
import { renderDeadLetter } from '../../lib/operator/dead-letters/render-dead-letter.ts';
import { type ShownDeadLetter, showDeadLetters } from '../../lib/operator/dead-letters/show-dead-letters.ts';
import { receivedAtMs, rejectedMessage } from './dead-letter-messages.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';

describe('showing a dead letter', () => {
  let emulated: EmulatedRelay;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
  });
  beforeEach(() => emulated.reset());
  afterAll(() => emulated.stop());

  const show = (id: string) =>
    showDeadLetters(id, { relay: emulated.relay, now: Date.now, signal: new AbortController().signal });

  const showBody = async (body: string, attributes = {}): Promise<ShownDeadLetter> => {
    const eventId = newEventId();
    const message = { ...rejectedMessage(eventId, attributes), body };
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, message);
    const [shown] = await show(eventId);
    if (shown === undefined) throw new Error('not found');
    return shown;
  };

  test('JSON is indented for people, its long numbers and escapes as they were sent', async () => {
    const shown = await showBody('{"n":12345678901234567890,"s":"\\u2603","e":[],"l":[1,{}]}');

    expect(render(shown)).toContain(
      ['{', '  "n": 12345678901234567890,', '  "s": "\\u2603",', '  "e": [],', '  "l": [', '    1,', '    {}'].join(
        '\n',
      ),
    );
  });

  test('text is shown as text, and cannot play with the terminal', async () => {
    const shown = await showBody('id=1\u009b2J&text=hi');

    expect(shown.bodyView).toEqual({ kind: 'text', text: 'id=1\u009b2J&text=hi', bytes: 16 });
    expect(render(shown)).toContain('body (16 bytes, text)\nid=1\\x9b2J&text=hi');
  });

  test('what is not UTF-8 is shown as a hex dump of its first 512 bytes, with its size', async () => {
    const content = Buffer.alloc(600, 0xff).fill('PNG', 0, 3);
    const shown = await showBody(content.toString('base64'), { BodyEncoding: text('base64') });

    const rendered = render(shown);
    expect(rendered).toContain('body (600 bytes, not UTF-8, the first 512 shown)');
    expect(rendered).toContain('00000000  50 4e 47 ff ff ff ff ff ff ff ff ff ff ff ff ff  |PNG.............|');
    expect(rendered).toContain('\n000001f0  ');
    expect(rendered).not.toContain('\n00000200  ');
  });

  test("an offloaded body is fetched when it is this route's", async () => {
    const key = payloadKey('main', 'abc');
    await emulated.storePayload(key, Buffer.from('{"big":true}'));
    const shown = await showBody(writePointer({ bucket: 'payloads', key }), { ExtendedPayloadSize: number(12) });

    expect(shown.bodyView).toEqual({
      kind: 'text',
      text: '{"big":true}',
      bytes: 12,
      storedAt: { bucket: 'payloads', key },
    });
  });

  test.each([
    { bucket: 'payloads', key: payloadKey('other', 'abc') },
    { bucket: 'somebody-elses', key: payloadKey('main', 'abc') },
  ])('a pointer to $bucket/$key is foreign, and not fetched', async (pointer) => {
    const shown = await showBody(writePointer(pointer), { ExtendedPayloadSize: number(12) });

    expect(shown.bodyView).toEqual({ kind: 'foreign-pointer', pointer });
    expect(render(shown)).toContain(
      `body (not fetched: s3://${pointer.bucket}/${pointer.key} is not a payload of this route)`,
    );
  });

  test('an offloaded body that is gone, or cannot be read, does not hide the rest', async () => {
    const pointer = { bucket: 'payloads', key: payloadKey('main', 'gone') };
    const gone = await showBody(writePointer(pointer), { ExtendedPayloadSize: number(12) });
    expect(gone).toMatchObject({ cause: 'rejected', bodyView: { kind: 'payload-missing', pointer } });

    const [unreadable] = await showDeadLetters(gone.messageId, {
      relay: { ...emulated.relay, readPayload: () => Promise.reject(new Error('AccessDenied')) },
      now: Date.now,
      signal: new AbortController().signal,
    });
    expect(unreadable?.bodyView).toEqual({ kind: 'payload-unreadable', pointer, error: 'Error: AccessDenied' });
  });

  test('a webhook that only looks like a pointer is shown as the webhook it is', async () => {
    const body = writePointer({ bucket: 'payloads', key: payloadKey('main', 'abc') });

    expect((await showBody(body)).bodyView).toMatchObject({ kind: 'text', text: body });
  });

  test('a body that is not what its attributes say is shown as it is in the queue', async () => {
    expect((await showBody('no pointer', { ExtendedPayloadSize: number(12) })).bodyView).toMatchObject({
      kind: 'malformed',
      text: 'no pointer',
    });
    expect((await showBody('no base64!', { BodyEncoding: text('base64') })).bodyView).toMatchObject({
      kind: 'malformed',
      text: 'no base64!',
    });
  });

  test('an event with two dead letters shows both', async () => {
    const eventId = newEventId();
    const first = await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(eventId));
    const second = await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(eventId));

    const shown = await show(eventId);

    expect(new Set(shown.map(({ messageId }) => messageId))).toEqual(new Set([first, second]));
  });

  test('the attributes are shown, too', async () => {
    const rendered = render(await showBody('{}'));

    expect(rendered).toMatch(/^ {2}cause {16} rejected$/m);
    expect(rendered).toMatch(/^ {2}Signature {12} sha256=abc$/m);
  });

  test('the last answer of the destination is shown as it came, and cannot play with the terminal', async () => {
    const eventId = newEventId();
    const lastAnswer = '<h1>no</h1>\n\u001b[2Jgone';
    await emulated.recordDelivery('main', eventId, { status: 'failed', attempts: 1, lastAnswer });
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(eventId));

    const [shown] = await show(eventId);

    expect(shown?.lastAnswer).toBe(lastAnswer);
    expect(shown === undefined ? '' : render(shown)).toContain(
      '\nlast answer (of the destination, 1024 bytes at most)\n<h1>no</h1>\n\\x1b[2Jgone\n\nbody',
    );
  });

  test('without a last answer nothing is said of one', async () => {
    const shown = await showBody('{}');

    expect(shown.lastAnswer).toBeUndefined();
    expect(render(shown)).not.toContain('last answer');
  });

  test('an unknown id is an error that says what to run', async () => {
    await expect(show('nobody')).rejects.toThrow(
      'no dead letter has the message id or event id "nobody": see them with `npx relay dlq list --stack Emulated`',
    );
  });
});

function render(shown: ShownDeadLetter): string {
  return renderDeadLetter(shown, receivedAtMs, (_style, painted) => painted);
}
