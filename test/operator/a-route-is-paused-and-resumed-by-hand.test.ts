import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { asTakenByFunctions } from '../../lib/operator/routes/stored-breaker.ts';
import { breakerIn, pausedBreaker } from './breakers.ts';
import { webhookMessage } from './dead-letter-messages.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';
import { serveReady, type TestServer } from './local-ready-server.ts';
import { relayCommand } from './relay-child-process.ts';

const counts = { sinceMs: 0, attempts: 4, failures: 0, streak: 0, streakSinceMs: 0 };

describe('npx relay route', () => {
  let emulated: EmulatedRelay;
  let local: TestServer;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
    local = await serveReady(emulated.location);
  });
  beforeEach(async () => {
    await emulated.reset();
    for (const route of emulated.location.routes.keys()) await emulated.setBreaker(route, closedBreaker);
  });
  afterAll(async () => {
    await local.stop();
    await emulated.stop();
  });

  const relay = (...args: string[]) => relayCommand(['route', ...args, '--local', local.url]);
  const phaseOf = async (route: string) => asTakenByFunctions(await emulated.relay.breakers.read(route)).phase;

  test('list tells the state of each route and how many events are where', async () => {
    await emulated.setBreaker('other', pausedBreaker({ reason: 'failing', error: 'HTTP 503', sinceMs: Date.now() }));
    for (const _ of [1, 2, 3]) await emulated.sendTo(emulated.main.queueUrl, webhookMessage(newEventId()));
    await emulated.relay.queues.receive(emulated.main.queueUrl, { visibilitySeconds: 60, waitSeconds: 0 });
    await emulated.sendTo(emulated.main.queueUrl, webhookMessage(newEventId()));
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, webhookMessage(newEventId()));

    const { exitCode, stdout, stderr } = await relay('list');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [, main, other] = stdout.split('\n');
    expect(main).toMatch(/^main {3}flowing {2}1 {8}3 {10}1 {13}- +-$/);
    expect(other).toMatch(
      /^other {2}paused {3}0 {8}0 {10}0 {13}failing \(HTTP 503\), paused since .* UTC \(\d+s\) {2}tried /,
    );

    const documents: unknown = JSON.parse((await relay('list', '--json')).stdout);
    expect(documents).toEqual([
      expect.objectContaining({ route: 'main', state: 'closed', waiting: 1, inFlight: 3, deadLetters: 1 }),
      expect.objectContaining({ route: 'other', state: 'open', reason: 'failing', lastError: 'HTTP 503' }),
    ]);
  });

  test('pause pauses that route only, and says what it means and how to undo it', async () => {
    const { exitCode, stdout, stderr } = await relay('pause', 'main');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(
      [
        `paused main of the local relay at ${local.url}`,
        '  No new POST is made. Those under way are finished; queue and processor are parted within about three minutes.',
        '  Events are accepted as before and wait on the queue. SQS keeps each for 7 days.',
        '  After 3.5 days of pause, what waits is moved to the dead letter queue.',
        `  To go on: npx relay route resume main --local ${local.url}`,
        '',
      ].join('\n'),
    );
    expect(await phaseOf('main')).toMatchObject({ kind: 'open', reason: 'operator' });
    expect(await phaseOf('other')).toEqual({ kind: 'closed' });
  });

  test('pause of what an operator has paused changes nothing, and is done', async () => {
    await relay('pause', 'main');
    const before = await emulated.relay.breakers.read('main');

    const { exitCode, stdout } = await relay('pause', 'main');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^main of the local relay at .* is paused by an operator already: nothing was changed\n/);
    expect(stdout).toContain('To go on: npx relay route resume main');
    expect(await emulated.relay.breakers.read('main')).toEqual(before);
  });

  test('pause of a route that failed makes it wait for the operator, and keeps the time since it was paused', async () => {
    const sinceMs = Date.now() - 4 * 86_400_000;
    await emulated.setBreaker('main', pausedBreaker({ reason: 'failing', error: 'HTTP 503', sinceMs }));

    const { stdout } = await relay('pause', 'main');

    expect(stdout).toMatch(
      /^paused main of .*\n {2}It was paused already: failing \(HTTP 503\), paused since .* UTC \(4d\)\.\n/,
    );
    expect(stdout).toContain('does not reopen by itself any more');
    expect(stdout).toContain('is being moved to the dead letter queue');
    expect(await phaseOf('main')).toMatchObject({ kind: 'open', reason: 'operator', sinceMs });
  });

  test('resume opens a paused route half at once, whatever its destination asked for', async () => {
    const nowMs = Date.now();
    const untilMs = nowMs + 3_600_000;
    await emulated.setBreaker(
      'main',
      pausedBreaker(
        { reason: 'asked-to-wait', sinceMs: nowMs, reopenNotBeforeMs: untilMs },
        { notBeforeMs: untilMs, relapses: 3 },
      ),
    );

    const { exitCode, stdout, stderr } = await relay('resume', 'main');

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(
      /^resumed main of the local relay at .*\n {2}Until now: asked-to-wait by .*, paused since .*\.\n/,
    );
    expect(stdout).toContain('within about three minutes');
    expect(stdout).toContain(`To see: npx relay route list --local ${local.url}`);
    expect(await emulated.relay.breakers.read('main')).toMatchObject({
      phase: { kind: 'half-open' },
      notBeforeMs: 0,
      relapses: 0,
    });
  });

  test('resume says who paused the route in a sentence', async () => {
    await emulated.setBreaker('main', pausedBreaker({ reason: 'operator', sinceMs: Date.now() }));

    const { stdout } = await relay('resume', 'main');

    expect(stdout).toMatch(/\n {2}Until now: paused by an operator since .* UTC \(\d+s\)\.\n/);
  });

  test.each([
    [closedBreaker, 'flowing'],
    [breakerIn({ kind: 'half-open', sinceMs: 0, counts }), 'reopening (two events at a time'],
    [breakerIn({ kind: 'ramping', sinceMs: 0, step: 1, counts }), 'ramping up (more each minute'],
  ])('resume of a route that is not paused changes nothing, and is done (%#)', async (breaker, words) => {
    await emulated.setBreaker('main', breaker);
    const before = await emulated.relay.breakers.read('main');

    const { exitCode, stdout } = await relay('resume', 'main');

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`is not paused: ${words}`);
    expect(await emulated.relay.breakers.read('main')).toEqual(before);
  });

  test.each([
    ['of another shape', { version: { N: '7' }, state: { S: '{"phase":{"kind":"ajar"}}' } }],
    ['without a state', { version: { N: '7' } }],
    ['without a version', { switch: { S: 'off' } }],
  ])('list shows a breaker %s as what it is: not to be read', async (_what, item) => {
    await emulated.storeBreakerItem('other', item);

    const { exitCode, stdout } = await relay('list');

    expect(exitCode).toBe(0);
    const [, main, other] = stdout.split('\n');
    expect(main).toMatch(/^main +flowing /);
    expect(other).toMatch(/^other +unreadable .* written by another version of the relay {2}/);
  });

  test.each([
    ['pause', 'paused', { kind: 'open', reason: 'operator' }],
    ['resume', 'resumed', { kind: 'half-open' }],
  ])('%s writes over a breaker that it cannot read, and says so', async (verb, outcome, phase) => {
    const item = { version: { N: '7' }, state: { S: '{"phase":{"kind":"ajar"}}' } };
    await emulated.storeBreakerItem('main', item);

    const { exitCode, stdout } = await relay(verb, 'main');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^${outcome} main of .*\\n {2}Its state could not be read: .* overwritten\\.\\n`),
    );
    expect(await emulated.relay.breakers.read('main')).toMatchObject({ version: 8, phase });

    await emulated.storeBreakerItem('main', item);
    expect(JSON.parse((await relay(verb, 'main', '--json')).stdout)).toMatchObject({
      outcome,
      previousState: 'unreadable',
      previousReason: null,
      state: phase.kind,
    });
  });

  test('with --json they print one document', async () => {
    const outcomes: unknown[] = [];
    for (const verb of ['pause', 'pause', 'resume', 'resume']) {
      outcomes.push(JSON.parse((await relay(verb, 'main', '--json')).stdout));
    }

    const paused = {
      route: 'main',
      previousState: 'closed',
      previousReason: null,
      state: 'open',
      sinceMs: expect.any(Number),
      reason: 'operator',
      lastError: null,
      waitsForOperator: true,
      failedTrials: 0,
      reopenNotBeforeMs: expect.any(Number),
      notBeforeMs: null,
      movesWaitingEvents: false,
    };
    const resumed = {
      ...paused,
      previousState: 'open',
      previousReason: 'operator',
      state: 'half-open',
      reason: null,
      waitsForOperator: false,
      failedTrials: null,
      reopenNotBeforeMs: null,
    };
    expect(outcomes).toEqual([
      { ...paused, outcome: 'paused' },
      { ...paused, outcome: 'already-paused', previousState: 'open', previousReason: 'operator' },
      { ...resumed, outcome: 'resumed' },
      { ...resumed, outcome: 'not-paused', previousState: 'half-open', previousReason: null },
    ]);
  });

  test.each([
    [['pause', 'mian'], 'there is no route "mian": this relay has main, other'],
    [['resume', 'mian'], 'there is no route "mian": this relay has main, other'],
    [['pause'], "missing required argument 'ROUTE'"],
    [['resume', 'main', 'other'], 'too many arguments'],
  ])('%j is a wrong usage: 2', async (args, message) => {
    const { exitCode, stdout, stderr } = await relay(...args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*\n/);
    expect(stderr).toContain(message);
  });

  test.each(['list', 'pause', 'resume'])('help of %s has examples', async (verb) => {
    const { exitCode, stdout } = await relayCommand(['route', verb, '--help']);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`Examples:\n {2}relay route ${verb} .*--local\n {2}relay route ${verb} .*--stack`),
    );
  });
});
