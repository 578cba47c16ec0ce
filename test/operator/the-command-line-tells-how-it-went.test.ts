import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rejectedMessage } from './dead-letter-messages.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';
import { serve, serveReady, type TestServer } from './local-ready-server.ts';
import { relayCommand } from './relay-child-process.ts';

describe('npx relay', () => {
  let emulated: EmulatedRelay;
  let local: TestServer;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
    local = await serveReady(emulated.location);
  });
  beforeEach(() => emulated.reset());
  afterAll(async () => {
    await local.stop();
    await emulated.stop();
    rmSync(dirname(plan), { recursive: true });
  });

  const plan = join(mkdtempSync(join(tmpdir(), 'relay-test-')), 'plan.json');

  const relay = (...args: string[]) => relayCommand([...args, '--local', local.url]);

  test('list without dead letters says so', async () => {
    expect(await relay('dlq', 'list')).toEqual({ exitCode: 0, stdout: 'no dead letters\n', stderr: '' });
  });

  test('list and show print a table and facts, or with --json documents only', async () => {
    const eventId = newEventId();
    const messageId = await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(eventId));

    const [table, list] = [await relay('dlq', 'list'), await relay('dlq', 'list', '--json')];
    const [facts, show] = [await relay('dlq', 'show', eventId), await relay('dlq', 'show', messageId, '--json')];

    expect(table).toMatchObject({ exitCode: 0, stderr: '' });
    expect(table.stdout).toMatch(new RegExp(`main +${eventId} +rejected +422 +1 +${messageId}\n$`));
    expect(facts).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringContaining(`"id": "${eventId}"`) });
    const document = {
      messageId,
      route: 'main',
      eventId,
      cause: 'rejected',
      lastStatus: 422,
      lastError: null,
      attempts: 1,
      receivedAtMs: expect.any(Number),
      ageSeconds: expect.any(Number),
      deliveryStatus: null,
      expiresAtMs: expect.any(Number),
      editedAtMs: null,
    };
    expect(JSON.parse(list.stdout)).toEqual([document]);
    expect(JSON.parse(show.stdout)).toEqual([
      {
        ...document,
        lastAnswer: null,
        record: null,
        attributes: expect.objectContaining({ Cause: { type: 'String', value: 'rejected' } }),
        body: { kind: 'text', text: `{"id":"${eventId}"}`, bytes: 51 },
      },
    ]);
  });

  test('show gives a terminal nothing to obey, as JSON neither, which reads back the same', async () => {
    const hostile = 'a\u007f\u009b2Jb\u202ec\u2066d';
    const sent = { ...rejectedMessage(newEventId()), body: hostile };
    const messageId = await emulated.sendTo(emulated.main.deadLetterQueueUrl, sent);

    const [shown, json] = [await relay('dlq', 'show', messageId), await relay('dlq', 'show', messageId, '--json')];

    for (const { stdout } of [shown, json]) expect(stdout).not.toMatch(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(shown.stdout).toContain('a\\x7f\\x9b2Jb\\u202ec\\u2066d');
    expect(JSON.parse(json.stdout)).toMatchObject([{ body: { text: hostile } }]);
  });

  test('redrive --yes puts them back', async () => {
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(newEventId()));

    const { exitCode, stdout, stderr } = await relay(
      'dlq',
      'redrive',
      '--yes',
      '--json',
      '--wait',
      '0',
      '--plan',
      plan,
    );

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ planned: 1, redriven: 1, missing: 0, failed: [] });
    expect(await emulated.drain(emulated.main.queueUrl)).toHaveLength(1);
    expect(await emulated.drain(emulated.main.deadLetterQueueUrl)).toEqual([]);
  });

  test('redrive of nothing is done, unless somebody asked for an id', async () => {
    expect(await relay('dlq', 'redrive', '--yes')).toMatchObject({
      exitCode: 0,
      stdout: 'no dead letters to redrive\n',
    });
    expect(await relay('dlq', 'redrive', 'nobody', '--yes')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('"nobody"'),
    });
  });

  test('show of an unknown id is not done: 1', async () => {
    const { exitCode, stdout, stderr } = await relay('dlq', 'show', 'nobody');

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe(
      `error: no dead letter has the message id or event id "nobody": see them with \`npx relay dlq list --local ${local.url}\`\n`,
    );
  });

  test.each([
    [['dlq', 'redrive'], 'add --yes'],
    [['dlq', 'redrive', '--json'], 'add --yes'],
    [['dlq', 'redrive', '--limit', '1.5'], 'a whole number from 1 to 1000000'],
    [['dlq', 'redrive', '--rate', 'fast'], 'a number from 0.1 to 500'],
    [['dlq', 'redrive', '--resume', '/nowhere/plan.json', '--yes'], 'cannot read the plan /nowhere/plan.json'],
    [['dlq', 'redrive', '--all', '--cause', 'rejected', '--yes'], '--all takes no ids and no filters'],
    [['dlq', 'list', '--group-by', 'colour'], 'none of route, cause, status, age'],
    [['dlq', 'purge', '--dry-run'], 'say --all'],
    [['dlq', 'list', '--route', 'mian'], 'this relay has main, other'],
    [['dlq', 'list', '--colour'], "unknown option '--colour'"],
    [['dlq', 'show'], "missing required argument 'ID'"],
  ])('%j is a wrong usage: 2', async (args, message) => {
    const { exitCode, stdout, stderr } = await relay(...args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*\n/);
    expect(stderr).toContain(message);
  });

  test.each([
    ['dlq redrive --yes', 'some-id'],
    ['dlq show', 'some-id'],
    ['send --route main', 'sample.json'],
    ['route pause', 'main'],
  ])('what landed in --local of %s is told apart from a URL, before it is missed', async (command, value) => {
    expect(await relayCommand([...command.split(' '), '--local', value])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `error: --local takes a URL or a port, not "${value}": put that before --local, or write --local=URL\n`,
    });
  });

  test('no relay there is unreachable: 2, and one line with the way out', async () => {
    const gone = await serve(() => {});
    await gone.stop();
    const { port } = new URL(gone.url);

    const { exitCode, stdout, stderr } = await relayCommand(['dlq', 'list', '--local', port]);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(
        `^error: no local relay answers at ${gone.url} \\(.*\\): start one with \`npm start\`, or .*--stack\n$`,
      ),
    );
  });

  test('something else on the port is unreachable, too', async () => {
    const stranger = await serve((_request, response) => response.end('<html>hello</html>'));
    try {
      expect(await relayCommand(['dlq', 'list', '--local', stranger.url])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(`what answers at ${stranger.url} is not a relay that is ready`),
      });
    } finally {
      await stranger.stop();
    }
  });

  test('the stack of an error is shown on request only', async () => {
    const { stderr } = await relayCommand(['dlq', 'list', '--local', 'x'], { DEBUG: 'relay' });

    expect(stderr).toMatch(/\n +at .*parse-local-url\.ts/);
  });

  test('help tells the exit codes and examples, and is no failure', async () => {
    expect(await relayCommand(['dlq', '--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Exit codes: 0 done'),
    });
    expect(await relayCommand(['dlq', 'redrive', '--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('relay dlq redrive --local --dry-run'),
    });
  });
});
