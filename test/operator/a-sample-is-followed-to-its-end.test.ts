import { createHmac } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { pausedBreaker } from './breakers.ts';
import { type EmulatedRelay, newEventId, type RecordFields, startEmulatedRelay } from './emulated-relay.ts';
import { serve, serveReady, type TestServer } from './local-ready-server.ts';
import { relayCommand } from './relay-child-process.ts';

const sample = 'samples/open-messaging-text.json';

/** What stands for the relay's way in: it checks the signature and does to an event what the test says. */
interface WayIn {
  readonly server: TestServer;
  /** What becomes of the next events. */
  onAccept: (eventId: string) => Promise<void>;
  answer: number;
  readonly bodies: string[];
}

let emulated: EmulatedRelay;
let local: TestServer;
let wayIn: WayIn;

async function startWayIn(): Promise<WayIn> {
  const bodies: string[] = [];
  const server = await serve(async (request, response) => {
    const body = await text(request);
    bodies.push(body);
    const secret = emulated.secrets.valueOf(emulated.main.secretArn ?? '') ?? '';
    const expected = `sha256=${createHmac('sha256', secret).update(body).digest('base64')}`;
    const signed = request.headers['x-hub-signature-256'] === expected;
    const status = signed ? way.answer : 401;
    const eventId = newEventId();
    if (status === 200) await way.onAccept(eventId);
    response.writeHead(status).end(status === 200 ? JSON.stringify({ id: eventId }) : '{"error":"no"}');
  });
  const way: WayIn = { server, bodies, answer: 200, onAccept: async () => {} };
  return way;
}

beforeAll(async () => {
  emulated = await startEmulatedRelay();
  wayIn = await startWayIn();
  const ingestUrl = `${wayIn.server.url}/webhooks/main`;
  const routes = new Map([...emulated.location.routes, ['main', { ...emulated.main, ingestUrl }] as const]);
  local = await serveReady({ ...emulated.location, routes });
});
beforeEach(async () => {
  wayIn.answer = 200;
  wayIn.bodies.length = 0;
  wayIn.onAccept = async () => {};
  await emulated.setBreaker('main', closedBreaker);
});
afterAll(async () => {
  await local.stop();
  await wayIn.server.stop();
  await emulated.stop();
});

const send = (...args: string[]) => relayCommand(['send', sample, '--route', 'main', ...args, '--local', local.url]);

/** The event's delivery record will be this one. */
function willBe(fields: (nowMs: number) => RecordFields) {
  wayIn.onAccept = (eventId) => emulated.recordDelivery('main', eventId, fields(Date.now()));
}

const delivered = (nowMs: number): RecordFields => ({
  status: 'delivered',
  attempts: 2,
  lastStatus: 204,
  firstReceivedAtMs: nowMs,
  deliveredAtMs: nowMs + 1_400,
});

describe('npx relay send', () => {
  test('sends the bytes of the file, signed, and says when they are delivered', async () => {
    willBe(delivered);

    const { exitCode, stdout, stderr } = await send();

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      `posting      ${sample} (${Buffer.byteLength(wayIn.bodies[0] ?? '')} bytes) to ${wayIn.server.url}/webhooks/main`,
      expect.stringMatching(/^accepted {5}HTTP 200 in \d+ ms, event id event-/),
      'delivered    HTTP 204 at attempt 2, 1.4 s after its receipt',
      '',
    ]);
  });

  test('tells each failed attempt on the way', async () => {
    wayIn.onAccept = async (eventId) => {
      const firstReceivedAtMs = Date.now();
      const failed = { status: 'delivering', attempts: 1, lastStatus: 503, firstReceivedAtMs } as const;
      await emulated.recordDelivery('main', eventId, { ...failed, leaseExpiresAtMs: Date.now() + 60_000 });
      setTimeout(() => emulated.recordDelivery('main', eventId, delivered(firstReceivedAtMs)), 3_000);
    };

    const { exitCode, stdout } = await send();

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\ndelivering {3}attempt 1 failed \(HTTP 503\); next at [\d:]+ UTC\ndelivered /);
  });

  test.each<[string, (nowMs: number) => RecordFields, number, string]>([
    [
      'a dead letter',
      (nowMs) => ({ status: 'failed', attempts: 1, lastStatus: 422, firstReceivedAtMs: nowMs }),
      1,
      'dead-letter  HTTP 422 after 1 attempt: npx relay dlq show event-',
    ],
    [
      'a duplicate of a delivered event',
      (nowMs) => ({ ...delivered(nowMs - 3_600_000) }),
      0,
      'duplicate    the same event was delivered before, and is not posted again; --new-id sends it as another',
    ],
    [
      'a duplicate of a dead letter',
      (nowMs) => ({ status: 'failed', attempts: 1, lastStatus: 422, firstReceivedAtMs: nowMs - 3_600_000 }),
      1,
      'duplicate    the same event is a dead letter, and is not tried again',
    ],
  ])('of %s says so, and ends', async (_name, record, exitCode, line) => {
    willBe(record);

    expect(await send()).toMatchObject({ exitCode, stderr: '', stdout: expect.stringContaining(`\n${line}`) });
  });

  test('on a paused route does not wait, but says why the event does', async () => {
    await emulated.setBreaker('main', pausedBreaker({ reason: 'operator', sinceMs: Date.now() }));

    const { exitCode, stdout } = await send();

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /\npaused {7}stored, and waits: by an operator, paused since .*; until you resume it: npx relay route resume main --local http:\S+\n$/,
    );
  });

  test('that waits in vain says that nothing is lost', async () => {
    expect(await send('--wait', '1')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^not delivered within 1 s: it is stored, and the relay goes on trying: npx relay route list --local http:\S+\n$/,
      ),
    });
  });

  test('with --no-wait is done when the webhook is accepted', async () => {
    const { exitCode, stdout } = await send('--no-wait');

    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  test.each([
    [['--header', 'X-Hub-Signature-256: wrong'], 200, 'HTTP 401 {"error":"no"}: signature or address not accepted'],
    [[], 503, 'HTTP 503 {"error":"no"}: it could not be stored; send it again'],
    [['--no-wait'], 404, 'HTTP 404 {"error":"no"}: the relay has no such route'],
  ])('that is refused (%j, %d) says why', async (args, answer, said) => {
    wayIn.answer = answer;

    const { exitCode, stdout } = await send(...args);

    expect(exitCode).toBe(1);
    expect(stdout).toContain(`\nrefused      ${said}`);
    expect(stdout).not.toContain('\naccepted');
  });

  test('with --count sends so many events, none of them the one in the file', async () => {
    willBe(delivered);

    const { exitCode, stdout } = await send('--count', '12');

    const ids = wayIn.bodies.map((body): unknown => JSON.parse(body).id);
    expect({ exitCode, many: new Set(ids).size }).toEqual({ exitCode: 0, many: 12 });
    expect(stdout).toBe('delivered    12  1.4 s after receipt (median), 1.4 s at most\n');
  });

  test('with --json prints one document', async () => {
    willBe((nowMs) => ({ status: 'failed', attempts: 3, lastError: 'ECONNREFUSED', firstReceivedAtMs: nowMs }));

    const { exitCode, stdout } = await send('--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      route: 'main',
      sent: 1,
      well: false,
      webhooks: [
        {
          eventId: expect.stringMatching(/^event-/),
          outcome: 'dead-letter',
          httpStatus: 200,
          answeredInMs: expect.any(Number),
          attempts: 3,
          lastStatus: null,
          lastError: 'ECONNREFUSED',
          deliveredInMs: null,
        },
      ],
    });
  });

  test('to a way in that does not answer is unreachable: 2', async () => {
    const gone = await serve(() => {});
    await gone.stop();
    const main = { ...emulated.main, ingestUrl: `${gone.url}/webhooks/main` };
    const other = await serveReady({ ...emulated.location, routes: new Map([['main', main]]) });
    try {
      expect(await relayCommand(['send', sample, '--route', 'main', '--local', other.url])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(
          /^error: nothing answers at .*ECONNREFUSED.*: see what is wrong with `npx relay doctor --local http:\S+`\n$/,
        ),
      });
    } finally {
      await other.stop();
    }
  });

  test('to a relay that does not say how it knows its senders is told to deploy', async () => {
    const { verify: _, ...main } = emulated.main;
    const older = await serveReady({ ...emulated.location, routes: new Map([['main', main]]) });
    try {
      expect(await relayCommand(['send', sample, '--route', 'main', '--local', older.url])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('an earlier version deployed it. Deploy again'),
      });
    } finally {
      await older.stop();
    }
  });

  test.each([
    [['send', 'nowhere.json', '--route', 'main'], 'cannot read "nowhere.json" (ENOENT'],
    [['send', sample, '--route', 'mian'], 'there is no route "mian": this relay has main, other'],
    [['send', sample], "required option '--route <ROUTE>' not specified"],
    [['send', sample, '--route', 'main', '--count', '0'], 'It must be a whole number from 1 to 10000.'],
    [['send', sample, '--route', 'main', '--header', 'nothing'], 'It must be NAME:VALUE.'],
  ])('%j is wrong usage: 2', async (args, message) => {
    const { exitCode, stdout, stderr } = await relayCommand([...args, '--local', local.url]);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
