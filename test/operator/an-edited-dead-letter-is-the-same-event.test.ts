import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { number, text } from '../../lambdas/contract/message-attributes.ts';
import { payloadKey, readPointer, writePointer } from '../../lambdas/contract/payload-pointer.ts';
import { runEdit } from '../../lib/operator/dead-letters/run-edit.ts';
import { type EditText, editTextWith } from '../../lib/operator/terminal/edit-text.ts';
import { lostEvent, rejectedMessage, webhookMessage } from './dead-letter-messages.ts';
import { recordingTerminal } from './dlq-terminal.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';

const editedAtMs = 1_800_000_000_000;

describe('editing a dead letter', () => {
  let emulated: EmulatedRelay;
  let queueUrl: string;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
    queueUrl = emulated.main.deadLetterQueueUrl;
  });
  beforeEach(() => emulated.reset());
  afterAll(() => emulated.stop());

  const edit = async (id: string, change: (text: string) => string, changed: Partial<EmulatedRelay['relay']> = {}) => {
    const files: string[] = [];
    const editText: EditText = async (before) => ({
      text: change(before),
      path: '/tmp/body.json',
      discard: async () => {
        files.push('discarded');
      },
    });
    const run = recordingTerminal();
    const exitCode = await runEdit(
      id,
      { yes: true, json: true },
      {
        relay: { ...emulated.relay, ...changed },
        now: () => editedAtMs,
        signal: new AbortController().signal,
        editText,
        newId: () => 'new-payload',
      },
      run.terminal,
    );
    return { exitCode, files, noted: run.noted, printed: run.printed.map((line) => JSON.parse(line)) };
  };

  test('it has the new body, its id, cause and time; the mark; and no signature, which would not fit', async () => {
    const eventId = newEventId();
    const messageId = await emulated.sendTo(queueUrl, rejectedMessage(eventId));
    let presented = '';

    const { exitCode, printed, noted, files } = await edit(messageId, (body) => {
      presented = body;
      return '{"amount":0}\n';
    });

    expect(presented).toBe(`{\n  "id": "${eventId}"\n}\n`);
    expect(exitCode).toBe(0);
    expect(printed).toEqual([
      {
        messageId: expect.not.stringMatching(messageId),
        replacedMessageId: messageId,
        route: 'main',
        eventId,
        bytes: 12,
        editedAtMs,
        oldIsGone: true,
      },
    ]);
    expect(noted.join()).toContain('signature');
    expect(files).toEqual(['discarded']);
    const { Signature: _, ...attributes } = rejectedMessage(eventId).attributes;
    expect(await emulated.drain(queueUrl)).toEqual([
      { body: '{"amount":0}', attributes: { ...attributes, EditedAt: number(editedAtMs) } },
    ]);
  });

  test('one that went by the hash of its body keeps that for an id: another would be another event', async () => {
    const messageId = await emulated.sendTo(queueUrl, { body: 'hello', attributes: {} });

    await edit(messageId, () => 'good-bye');

    const [message] = await emulated.drain(queueUrl);
    expect(message?.attributes.EventId?.value).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
  });

  test('an event of a bus keeps its id in its body, or it would be delivered as a webhook', async () => {
    const messageId = await emulated.sendTo(queueUrl, lostEvent);

    const { printed } = await edit(messageId, (body) => body.replace('{', '{ "note": "edited",'));

    const [message] = await emulated.drain(queueUrl);
    expect(message?.attributes.EventId).toBeUndefined();
    expect(message?.attributes.EditedAt).toEqual(number(editedAtMs));
    expect(message?.body).toContain('"note": "edited"');
    expect(printed).toEqual([expect.objectContaining({ eventId: JSON.parse(lostEvent.body).id })]);
  });

  test('however large it is, as long as SQS carries it: behind a pointer nobody would find the id', async () => {
    const messageId = await emulated.sendTo(queueUrl, lostEvent);
    const grown = (bytes: number) => (body: string) => body.replace('{', `{ "note": "${'n'.repeat(bytes)}",`);

    await expect(edit(messageId, grown(1_100_000))).rejects.toThrow('an event of a bus can have 1042432');
    const { printed } = await edit(messageId, grown(300_000));

    const [message] = await emulated.drain(queueUrl);
    expect(message?.attributes.ExtendedPayloadSize).toBeUndefined();
    expect(JSON.parse(message?.body ?? '').id).toBe(JSON.parse(lostEvent.body).id);
    expect(printed).toEqual([expect.objectContaining({ eventId: JSON.parse(lostEvent.body).id })]);
  });

  test('a large new body goes to the payload bucket, as that of a webhook does, and a small one comes out of it', async () => {
    const [large, small] = [newEventId(), newEventId()];
    await emulated.sendTo(queueUrl, webhookMessage(large));
    const pages = `{"pages":"${'p'.repeat(300_000)}"}`;

    await edit(large, () => pages);

    const [offloaded] = await emulated.drain(queueUrl);
    expect(offloaded?.attributes.ExtendedPayloadSize).toEqual(number(pages.length));
    const pointer = readPointer(offloaded?.body ?? '');
    expect(pointer).toEqual({ bucket: 'payloads', key: payloadKey('main', 'new-payload') });
    const stored = pointer === undefined ? 'missing' : await emulated.relay.readPayload(pointer, 5_000);
    expect(Buffer.from(stored).toString()).toBe(pages);

    await emulated.storePayload(payloadKey('main', 'old'), Buffer.from(pages));
    await emulated.sendTo(queueUrl, {
      body: writePointer({ bucket: 'payloads', key: payloadKey('main', 'old') }),
      attributes: { ...rejectedMessage(small).attributes, ExtendedPayloadSize: number(pages.length) },
    });
    await edit(small, () => '{}');

    const [inline] = await emulated.drain(queueUrl);
    expect(inline).toMatchObject({
      body: '{}',
      attributes: expect.not.objectContaining({ ExtendedPayloadSize: expect.anything() }),
    });
  });

  test('a body that SQS could not carry is base64, and one that was need not be', async () => {
    const eventId = newEventId();
    const encoded = { ...rejectedMessage(eventId, { BodyEncoding: text('base64') }), body: 'aGVsbG8=' };
    await emulated.sendTo(queueUrl, encoded);

    await edit(eventId, () => 'good\u0001bye');
    const [message] = await emulated.drain(queueUrl);

    expect(message).toMatchObject({
      body: Buffer.from('good\u0001bye').toString('base64'),
      attributes: { BodyEncoding: text('base64') },
    });
  });

  test('a text that is left as it was changes nothing, however it was shown', async () => {
    const eventId = newEventId();
    const messageId = await emulated.sendTo(queueUrl, rejectedMessage(eventId));

    const { exitCode, noted, files } = await edit(messageId, (body) => body);

    expect({ exitCode, noted, files }).toEqual({ exitCode: 1, noted: ['nothing was changed'], files: ['discarded'] });
    expect(await emulated.drain(queueUrl)).toEqual([rejectedMessage(eventId)]);
  });

  test('a send that fails leaves the old message, and the new text in its file', async () => {
    const messageId = await emulated.sendTo(queueUrl, rejectedMessage(newEventId()));
    const send = async () => {
      throw new Error('SQS fell over');
    };

    await expect(edit(messageId, () => '{}', { queues: { ...emulated.relay.queues, send } })).rejects.toThrow(
      'SQS fell over; your text is at /tmp/body.json, for --body /tmp/body.json',
    );

    expect(await emulated.drain(queueUrl)).toHaveLength(1);
  });

  test('an old message that cannot be deleted is told: redriven first, it would win', async () => {
    const messageId = await emulated.sendTo(queueUrl, rejectedMessage(newEventId()));
    const deleteMessage = async () => {
      throw new Error('SQS fell over');
    };

    const queues = { ...emulated.relay.queues, delete: deleteMessage };
    const { exitCode, noted } = await edit(messageId, () => '{}', { queues });

    expect(exitCode).toBe(1);
    expect(noted.at(-1)).toContain(`npx relay dlq purge ${messageId} --stack Emulated`);
    expect(await emulated.drain(queueUrl)).toHaveLength(2);
  });

  test('one that vanished while it was edited is told, with where the text is', async () => {
    const messageId = await emulated.sendTo(queueUrl, rejectedMessage(newEventId()));

    const receives: EmulatedRelay['relay']['queues']['receive'] = async () => [];
    let isEdited = false;
    const receive: typeof receives = (url, times) =>
      isEdited ? receives(url, times) : emulated.relay.queues.receive(url, times);

    await expect(
      edit(
        messageId,
        () => {
          isEdited = true;
          return '{}';
        },
        { queues: { ...emulated.relay.queues, receive } },
      ),
    ).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE', message: expect.stringContaining('/tmp/body.json') });
  });

  test('an event with two dead letters has to be named by message id; a body that is no text is not edited', async () => {
    const eventId = newEventId();
    const first = await emulated.sendTo(queueUrl, rejectedMessage(eventId));
    await emulated.sendTo(queueUrl, rejectedMessage(eventId));
    await expect(edit(eventId, () => '{}')).rejects.toThrow(`has 2 dead letters: give a message id, of `);
    expect((await edit(first, () => '{}')).exitCode).toBe(0);

    const binary = { ...rejectedMessage(newEventId(), { BodyEncoding: text('base64') }), body: '//4=' };
    const messageId = await emulated.sendTo(queueUrl, binary);
    await expect(edit(messageId, () => '{}')).rejects.toThrow(`the body of ${messageId} cannot be edited (binary)`);
  });
});

describe('the editor', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relay-editor-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('is a command with options, gets the text in a file of its owner alone, and the file goes', async () => {
    const script = join(directory, 'editor.sh');
    await writeFile(script, 'test "$1" = --wait && stat -c %a "$2" > "$2.mode" && sed -i s/old/new/ "$2"\n');

    const edited = await editTextWith(`sh ${script} --wait`)('the old text', 'txt');

    expect(edited.text.trimEnd()).toBe('the new text');
    expect((await stat(edited.path)).mode & 0o077).toBe(0);
    await edited.discard();
    await expect(stat(dirname(edited.path))).rejects.toThrow('ENOENT');
  });

  test('that fails changes nothing, and is named', async () => {
    await expect(editTextWith('false')('text', 'txt')).rejects.toThrow('the editor "false" ended with 1');
  });
});
