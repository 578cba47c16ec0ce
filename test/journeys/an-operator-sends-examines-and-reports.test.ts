import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Finished, relayCommand } from '../operator/relay-child-process.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';

const sample = 'samples/open-messaging-text.json';

const routes = ['chat', 'timed', 'standard'] as const;

let relay: TestRelay;
let folder: string;
let page: string;

/** What the operator sent before anything is looked at, and what was said of it. */
const sent = new Map<string, { readonly first: Finished; readonly second: Finished }>();
let refused: Finished;

const cli = (...args: string[]): Promise<Finished> =>
  relayCommand([...args, '--local', new URL(relay.route('chat').ingestUrl).origin]);

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
  for (const route of routes) {
    const first = await cli('send', sample, '--route', route);
    sent.set(route, { first, second: await cli('send', sample, '--route', route) });
  }
  relay.destination.otherwise(answering(422));
  refused = await cli('send', sample, '--route', 'chat', '--new-id');
  relay.destination.otherwise(answering(200));
  relay.destination.script('c:Text:flaky', answering(503));
  await relay.post('chat', '{"type":"Text","id":"flaky","channel":{"id":"c"}}');
  await relay.waitForStep((seen) => seen.step === 'delivered' && seen.eventId === 'c:Text:flaky', 30_000);
}, 120_000);

afterAll(async () => {
  await relay.stop();
  await rm(folder, { recursive: true });
});

test.each(routes)(
  'a sample to %s is signed as it wants it, delivered once, and a duplicate the second time',
  (route) => {
    expect(sent.get(route)).toEqual({
      first: { exitCode: 0, stderr: '', stdout: expect.stringMatching(/\ndelivered {4}HTTP 200 at attempt 1, /) },
      second: { exitCode: 0, stderr: '', stdout: expect.stringMatching(/\nduplicate {4}the same event was delivered/) },
    });
    expect(
      relay.destination.all.filter((seen) => seen.route === route && seen.eventId !== 'c:Text:flaky'),
    ).toHaveLength(route === 'chat' ? 2 : 1);
  },
);

test('a sample that its destination refuses is a dead letter', () => {
  expect(refused).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('\ndead-letter  HTTP 422 after 1 attempt: npx relay dlq show '),
  });
});

test('the doctor sees the dead letter and the last delivery, and nothing else', async () => {
  const { exitCode, stdout } = await cli('doctor');

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/\nwarn {5}chat {9}1 dead letter\n {22}→ npx relay dlq list --route chat --local http:\S+\n/);
  expect(stdout).toMatch(/\nok {7}timed .*secret \(hmac-sha256\) since [^\n]*, flowing, queue read/);
  expect(stdout).toMatch(/last\s+delivered\s+about\s+\d\d:\d\d:\d\d UTC/);
  expect(stdout).toContain('\n1 to look at, ');
}, 60_000);

test('the report tells the same in figures and plots', async () => {
  const document = await reportWithDeadLetter();

  expect(document.routes[0]).toMatchObject({
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
  expect(document.routes[1]).toMatchObject({
    route: 'timed',
    accepted: 2,
    delivered: 1,
    duplicates: 1,
    newDeadLetters: 0,
  });
  const html = await readFile(page, 'utf8');
  expect(html).toContain('chat has 1 dead letter.');
  expect(html).toContain('rejected <b>1</b>');
  expect(html).toContain('5xx <b>1</b>');
  expect(html.match(/<svg /g)?.length).toBeGreaterThan(15);
}, 60_000);

/** How full the queues are is published every few seconds. */
async function reportWithDeadLetter(): Promise<{
  readonly routes: readonly { readonly deadLetters: number | null }[];
}> {
  const deadlineMs = performance.now() + 30_000;
  for (;;) {
    const { exitCode, stdout, stderr } = await cli('report', '--output', page, '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const document = JSON.parse(stdout);
    if (document.routes[0].deadLetters === 1 || performance.now() > deadlineMs) return document;
  }
}

test.each([
  [['--hours', '0'], '--hours takes a number above 0'],
  [['--hours', 'all'], 'not "all"'],
  [['--output', '/nowhere/report.html'], 'cannot write "/nowhere/report.html" (ENOENT'],
])('a report with %j is wrong usage', async (args, message) => {
  expect(await cli('report', ...args)).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringContaining(message),
  });
});
