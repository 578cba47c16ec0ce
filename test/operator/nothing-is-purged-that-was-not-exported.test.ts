import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { number, text } from '../../lambdas/contract/message-attributes.ts';
import { payloadKey, writePointer } from '../../lambdas/contract/payload-pointer.ts';
import { openExportFile } from '../../lib/operator/dead-letters/export-file.ts';
import { runExport } from '../../lib/operator/dead-letters/run-export.ts';
import { type PurgeOptions, type PurgeTools, runPurge } from '../../lib/operator/dead-letters/run-purge.ts';
import { rejectedMessage, webhookMessage } from './dead-letter-messages.ts';
import { recordingTerminal } from './dlq-terminal.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';

let emulated: EmulatedRelay;
let queueUrl: string;
let directory: string;
let files = 0;
beforeAll(async () => {
  emulated = await startEmulatedRelay();
  queueUrl = emulated.main.deadLetterQueueUrl;
  directory = await mkdtemp(join(tmpdir(), 'relay-purge-'));
});
beforeEach(() => emulated.reset());
afterAll(async () => {
  await emulated.stop();
  await rm(directory, { recursive: true });
});

const tools = (changed: Partial<PurgeTools> = {}): PurgeTools => ({
  relay: emulated.relay,
  now: Date.now,
  signal: new AbortController().signal,
  openExportFile,
  ...changed,
});

const linesOf = (ndjson: string) =>
  ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('an export', () => {
  test('has one line for each, with bodies, wherever they lie', async () => {
    const [inline, large, binary, gone] = [newEventId(), newEventId(), newEventId(), newEventId()];
    const pointer = (id: string) => writePointer({ bucket: 'payloads', key: payloadKey('main', id) });
    const size = { ExtendedPayloadSize: number(12) };
    await emulated.storePayload(payloadKey('main', 'abc'), Buffer.from('{"big":true}'));
    await emulated.sendTo(queueUrl, webhookMessage(inline));
    await emulated.sendTo(queueUrl, { ...rejectedMessage(large, size), body: pointer('abc') });
    await emulated.sendTo(queueUrl, { ...rejectedMessage(binary, { BodyEncoding: text('base64') }), body: '//4=' });
    await emulated.sendTo(queueUrl, { ...rejectedMessage(gone, size), body: pointer('gone') });
    const { terminal, written, noted } = recordingTerminal();

    const exitCode = await runExport({ ids: [] }, tools(), terminal);

    const bodies = Object.fromEntries(linesOf(written.join('')).map(({ eventId, body }) => [eventId, body]));
    expect(bodies).toEqual({
      [inline]: { kind: 'text', text: `{"id":"${inline}"}`, bytes: 51 },
      [large]: expect.objectContaining({ kind: 'text', text: '{"big":true}' }),
      [binary]: { kind: 'binary', bytes: 2, base64: '//4=' },
      [gone]: expect.objectContaining({ kind: 'payload-missing' }),
    });
    // A body that could not be had is no whole export.
    expect(exitCode).toBe(1);
    expect(noted).toEqual([expect.stringContaining('exported 4'), expect.stringContaining('the bodies of 1')]);
    expect(await emulated.drain(queueUrl)).toHaveLength(4);
  });
});

describe('a purge', () => {
  const purge = async (
    options: Partial<PurgeOptions>,
    answers: Parameters<typeof recordingTerminal>[0] = {},
    changed: Partial<PurgeTools> = {},
  ) => {
    const run = recordingTerminal(answers);
    const exportPath = join(directory, `${++files}.ndjson`);
    const exitCode = await runPurge(
      { selection: { route: 'main', ids: [] }, all: false, dryRun: false, json: false, exportPath, ...options },
      tools(changed),
      run.terminal,
    );
    return { ...run, exitCode, exportPath };
  };
  const sendThree = async () => {
    const ids = [newEventId(), newEventId(), newEventId()] as const;
    for (const eventId of ids) await emulated.sendTo(queueUrl, rejectedMessage(eventId));
    return ids;
  };

  test('exports, has the number typed, and deletes', async () => {
    const ids = await sendThree();

    const { exitCode, questions, printed, exportPath } = await purge({}, { ask: 'purge 3' });

    expect(questions).toEqual([expect.stringContaining('delete 3 dead letters of the emulated relay for good?')]);
    expect({ exitCode, printed }).toEqual({
      exitCode: 0,
      printed: [`exported 3 dead letters to ${exportPath}`, '3 of 3 dead letters purged'],
    });
    expect(await emulated.drain(queueUrl)).toEqual([]);
    const exported = linesOf(await readFile(exportPath, 'utf8'));
    expect(exported.map(({ eventId }) => eventId).toSorted()).toEqual([...ids].toSorted());
    expect((await stat(exportPath)).mode & 0o077).toBe(0);
  });

  test.each(['yes', 'purge 2', '3', ''])('a typed %j is a no: softly, nothing goes', async (ask) => {
    await sendThree();

    const { exitCode, noted } = await purge({}, { ask });

    expect({ exitCode, noted }).toEqual({
      exitCode: 1,
      noted: ['nothing was purged: that was not "purge 3". The export stays'],
    });
    expect(await emulated.drain(queueUrl)).toHaveLength(3);
  });

  test('what comes after the export stays', async () => {
    await sendThree();
    const late = newEventId();
    const ask = async () => {
      await emulated.sendTo(queueUrl, rejectedMessage(late));
      return 'purge 3';
    };
    const run = recordingTerminal();

    await runPurge(
      {
        selection: { route: 'main', ids: [] },
        all: false,
        dryRun: false,
        json: false,
        exportPath: join(directory, 'late.ndjson'),
      },
      tools(),
      { ...run.terminal, ask },
    );

    const left = await emulated.drain(queueUrl);
    expect(left.map(({ attributes }) => attributes.EventId?.value)).toEqual([late]);
  });

  test('only what is selected goes, and a dry run tells the number for scripts', async () => {
    const [first] = await sendThree();
    const selection = { ids: [first] };

    const dry = await purge({ selection, dryRun: true, json: true });
    expect(JSON.parse(dry.printed.join())).toEqual({ planned: 1, phrase: 'purge 1', incompleteRoutes: [] });

    const { exitCode, printed, exportPath } = await purge({ selection, phrase: 'purge 1', json: true });
    expect(exitCode).toBe(0);
    expect(JSON.parse(printed.join())).toEqual({
      exported: 1,
      purged: 1,
      missing: 0,
      failed: [],
      incompleteRoutes: [],
      exportFile: exportPath,
    });
    expect(await emulated.drain(queueUrl)).toHaveLength(2);
  });

  test('a script that has the number wrong purges nothing', async () => {
    await sendThree();

    expect((await purge({ phrase: 'purge 2' })).exitCode).toBe(1);
    expect(await emulated.drain(queueUrl)).toHaveLength(3);
  });

  test('an export that cannot be written, or would replace a file, stops it', async () => {
    await sendThree();
    const { exportPath } = await purge({}, { ask: 'no' });

    await expect(purge({ exportPath }, { ask: 'purge 3' })).rejects.toThrow(`cannot write to ${exportPath}`);
    expect(await emulated.drain(queueUrl)).toHaveLength(3);
  });

  test('of nothing leaves no file', async () => {
    const { exitCode, exportPath, printed } = await purge({}, { ask: '' });

    expect({ exitCode, printed }).toEqual({ exitCode: 0, printed: ['0 of 0 dead letters purged'] });
    await expect(stat(exportPath)).rejects.toThrow('ENOENT');
  });

  test('of everything has to be said, and somebody has to be there to type', async () => {
    await expect(purge({ selection: { ids: [] } }, { ask: 'purge 0' })).rejects.toThrow('say --all');
    await expect(purge({})).rejects.toThrow('there is no terminal to type on: add --confirm "purge N"');
    await expect(purge({ json: true }, { ask: 'purge 0' })).rejects.toThrow('--json cannot ask');
  });

  test('a message that cannot be deleted is named, and still there', async () => {
    const messageId = await emulated.sendTo(queueUrl, rejectedMessage(newEventId()));
    const deleteMessage = async () => {
      throw new Error('SQS fell over');
    };
    const relay = { ...emulated.relay, queues: { ...emulated.relay.queues, delete: deleteMessage } };

    const { exitCode, printed } = await purge({ phrase: 'purge 1' }, {}, { relay });

    expect(exitCode).toBe(1);
    expect(printed.at(-1)).toBe(`  ${messageId}  failed: SQS fell over`);
    expect(await emulated.drain(queueUrl)).toHaveLength(1);
  });
});
