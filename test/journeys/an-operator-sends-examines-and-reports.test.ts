import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Finished, relayCommand } from '../operator/relay-child-process.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';

const sample = 'samples/open-messaging-text.json';

let relay: TestRelay;
let folder: string;
let page: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relay-report-'));
  page = join(folder, 'report.html');
  relay = await startTestRelay({
    routes: {
      chat: { verify: { kind: 'open-messaging' }, retry: { maxAttempts: 3, baseSeconds: 1, capSeconds: 1 } },
      timed: { verify: { kind: 'hmac-sha256', header: 'X-Signature', timestamp: { header: 'X-Timestamp' } } },
      standard: { verify: { kind: 'standard-webhooks' } },
    },
  });
}, 60_000);

afterAll(async () => {
  await relay.stop();
  await rm(folder, { recursive: true });
});

const cli = (...args: string[]): Promise<Finished> =>
  relayCommand([...args, '--local', new URL(relay.route('chat').ingestUrl).origin]);

test('a sample is signed as its route wants it, delivered once, and a duplicate the second time', async () => {
  for (const route of ['chat', 'timed', 'standard']) {
    const first = await cli('send', sample, '--route', route);
    const second = await cli('send', sample, '--route', route);

    expect(first).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/\ndelivered {4}HTTP 200 at attempt 1, /),
    });
    expect(second).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/\nduplicate {4}the same event was delivered/),
    });
    expect(relay.destination.all.filter((seen) => seen.route === route)).toHaveLength(1);
  }
}, 60_000);

test('a destination that refuses is told apart from one that fails at first', async () => {
  relay.destination.otherwise(answering(422));
  const refused = await cli('send', sample, '--route', 'chat', '--new-id');
  relay.destination.otherwise(answering(200));
  const id = 'scripted';
  const eventId = `b7d2f0a4-6c1e-4a53-9f0d-2f6f0f4f7a11:Text:${id}`;
  relay.destination.script(eventId, answering(503));
  await relay.post('chat', (await readFile(sample, 'utf8')).replace(/"id": "3f1c[^"]*"/, `"id": "${id}"`));
  await relay.waitForStep((seen) => seen.step === 'delivered' && seen.eventId === eventId);

  expect(refused).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('\ndead-letter  HTTP 422 after 1 attempt'),
  });
}, 60_000);

test('the doctor sees the dead letter and the last delivery, and nothing else', async () => {
  const { exitCode, stdout } = await cli('doctor');

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/\nwarn {5}chat {9}1 dead letter\n {25}→ relay dlq list --route chat\n/);
  expect(stdout).toMatch(/\nok {7}timed .*secret \(hmac-sha256\) since [^\n]*, flowing, queue read/);
  expect(stdout).toMatch(/last\s+delivered \d\d:\d\d:\d\d UTC/);
  expect(stdout).toContain('\n1 to look at, ');
}, 60_000);

test('the report tells the same in figures and plots', async () => {
  const { exitCode, stdout } = await cli('report', '--out', page, '--json');

  expect(exitCode).toBe(0);
  const { routes } = JSON.parse(stdout);
  expect(routes[0]).toMatchObject({
    route: 'chat',
    accepted: 4,
    delivered: 2,
    duplicates: 1,
    retried: 1,
    newDeadLetters: 1,
    deadLetters: 1,
    paused: false,
    highestTimeToDeliveryP99Ms: expect.any(Number),
  });
  expect(routes[1]).toMatchObject({ route: 'timed', accepted: 2, delivered: 1, duplicates: 1, newDeadLetters: 0 });
  const html = await readFile(page, 'utf8');
  expect(html).toContain('chat has 1 dead letter.');
  expect(html).toContain('rejected <b>1</b>');
  expect(html).toContain('5xx <b>1</b>');
  expect(html.match(/<svg /g)?.length).toBeGreaterThan(15);
}, 60_000);

test.each([
  [['--hours', '0'], '--hours takes a number above 0'],
  [['--hours', 'all'], 'not "all"'],
  [['--out', '/nowhere/report.html'], 'cannot write "/nowhere/report.html" (ENOENT'],
])('a report with %j is wrong usage', async (args, message) => {
  expect(await cli('report', ...args)).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringContaining(message),
  });
});
