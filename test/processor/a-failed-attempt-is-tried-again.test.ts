import { describe, expect, test } from '@jest/globals';
import type { StatusClass } from '../../lambdas/contract/metric-names.ts';
import type { DestinationAnswer } from '../../lambdas/contract/ports.ts';
import { deliver } from '../../lambdas/processor/deliver.ts';
import { hangs } from '../support/fail-calls.ts';
import {
  freePass,
  functionTimeoutMs,
  type ProcessorWorld,
  processorWorld,
  settings,
} from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';
import { drainQueue } from '../support/simulated-queue.ts';
import { eventId, receivedMessage, route } from '../support/sqs-record.ts';

function deliverIn(world: ProcessorWorld, message = receivedMessage()) {
  return deliver(world.context, message, freePass, world.clock.now() + functionTimeoutMs);
}

describe('an attempt that fails for now', () => {
  test.each<[string, DestinationAnswer, StatusClass, { lastStatus?: number; lastError: string }]>([
    ['a fault of the destination', answered(503), '5xx', { lastStatus: 503, lastError: 'HTTP 503' }],
    ['a conflict', answered(409), '4xx', { lastStatus: 409, lastError: 'HTTP 409' }],
    ['a redirect', answered(302), '3xx', { lastStatus: 302, lastError: 'HTTP 302' }],
    ['no answer', { kind: 'timed-out', afterMs: 10_000 }, 'timeout', { lastError: 'no answer within 10000 ms' }],
    ['no connection', { kind: 'unreachable', code: 'ECONNREFUSED' }, 'network', { lastError: 'ECONNREFUSED' }],
    [
      'an address that is not allowed',
      { kind: 'out-of-reach', address: '10.0.0.1' },
      'network',
      { lastError: 'address 10.0.0.1 is not allowed' },
    ],
  ])('by %s is recorded with its cause, and its message hidden until the next', async (...failure) => {
    const [, answer, statusClass, cause] = failure;
    const world = processorWorld([answer]);
    // Half of the 5 s that the first pause can last, rounded up.
    expect(await deliverIn(world)).toEqual({ kind: 'keep', hideSeconds: 3 });
    const record = world.records.read(eventId);
    expect(record).toMatchObject({ status: 'delivering', attempts: 1, leaseExpiresAtMs: startMs + 3_000, ...cause });
    expect(record).not.toHaveProperty('leaseOwner');
    const { lastStatus, lastError } = { lastStatus: undefined, ...cause };
    const status = lastStatus === undefined ? {} : { status: lastStatus };
    const told = { inSeconds: 3, error: lastError, ...status, statusClass, tookMs: 0 };
    expect(world.steps).toEqual([{ step: 'retrying', route, eventId, attempt: 1, ...told }]);
    expect(world.deadLetters).toEqual([]);
  });

  test.each([
    ['a wrong credential', answered(401)],
    ['a destination that is gone', answered(410)],
    ['too high a pace', answered(429)],
  ])('by %s uses up no attempt: no event is to blame for it', async (_cause, answer) => {
    const world = processorWorld([answer, answered(200)]);
    expect(await deliverIn(world)).toEqual({ kind: 'keep', hideSeconds: 4 });
    expect(world.records.read(eventId)).toMatchObject({ status: 'delivering', attempts: 0 });
    world.clock.advance(4_000);
    await deliverIn(world);
    expect(world.destination.requests.map(({ headers }) => headers['x-relay-attempt'])).toEqual(['1', '1']);
  });

  test('by too high a pace waits no longer than the route ever does, however often its message was received', async () => {
    const retry = { ...settings.retry, capSeconds: 20 };
    const world = processorWorld([answered(429)], { settings: { ...settings, retry } });
    expect(await deliverIn(world, receivedMessage({ receiveCount: 9 }))).toEqual({ kind: 'keep', hideSeconds: 20 });
  });

  test('keeps what the destination said, for the operator and in no log', async () => {
    const answer = { ...answered(503), excerpt: 'the database is down' };
    const world = processorWorld([answer, answered(503)]);
    await deliverIn(world);
    expect(world.records.read(eventId)).toMatchObject({ lastAnswer: 'the database is down' });
    expect(JSON.stringify(world.steps)).not.toContain('database');
    world.clock.advance(3_000);
    await deliverIn(world);
    expect(world.records.read(eventId)).not.toHaveProperty('lastAnswer');
  });

  test.each([
    ['too high a pace', 429, 0],
    ['a destination that is busy', 503, 1],
  ])(
    'by %s waits as long as it was asked to, and a little longer, lest all come back at once',
    async (_cause, status, attempts) => {
      const world = processorWorld([answered(status, { 'retry-after': '100' })]);
      expect(await deliverIn(world)).toEqual({ kind: 'keep', hideSeconds: 130 });
      expect(world.records.read(eventId)).toMatchObject({ attempts, leaseExpiresAtMs: startMs + 130_000 });
    },
  );

  test('counts the pause from the end of the POST', async () => {
    const world = processorWorld();
    const slow = async (): Promise<DestinationAnswer> => {
      world.clock.advance(9_000);
      return answered(500);
    };
    await deliver({ ...world.context, post: slow }, receivedMessage(), freePass, startMs + functionTimeoutMs);
    expect(world.records.read(eventId)).toMatchObject({ leaseExpiresAtMs: startMs + 9_000 + 3_000 });
  });

  test('doubles the pause each time, and the next attempt carries the next number', async () => {
    const world = processorWorld([answered(500), answered(500), answered(204)]);
    await drainQueue(world, [receivedMessage()]);
    expect(world.steps).toMatchObject([
      { step: 'retrying', attempt: 1, inSeconds: 3 },
      { step: 'retrying', attempt: 2, inSeconds: 5 },
      { step: 'delivered', attempt: 3, status: 204 },
    ]);
    const marks = world.destination.requests.map(({ headers }) => [
      headers['x-relay-attempt'],
      headers['x-webhook-source'],
    ]);
    expect(marks).toEqual([
      ['1', 'GenesysCloud'],
      ['2', 'GenesysCloud-Retry'],
      ['3', 'GenesysCloud-Retry'],
    ]);
    expect(new Set(world.destination.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });
});

describe('an attempt whose event somebody else took over meanwhile', () => {
  /** The claim of a second owner, made while the POST of the first is under way and its lease over. */
  function takenOverDuringPost(answer: DestinationAnswer): ProcessorWorld {
    const world: ProcessorWorld = processorWorld([], {
      post: async () => {
        world.clock.advance(settings.leaseMs);
        await deliver(
          { ...world.context, post: async () => answered(200) },
          receivedMessage(),
          freePass,
          Number.MAX_SAFE_INTEGER,
        );
        return answer;
      },
    });
    return world;
  }

  test.each([200, 500])('and that was answered %d changes nothing, and its message is kept', async (status) => {
    const world = takenOverDuringPost(answered(status));
    expect(await deliverIn(world)).toEqual({ kind: 'keep', hideSeconds: 1 });
    expect(world.records.read(eventId)).toMatchObject({ status: 'delivered', attempts: 1, lastStatus: 200 });
  });
});

describe('an attempt that its owner never finished', () => {
  test('is not counted: the next one has its number', async () => {
    const world = processorWorld([], { post: hangs });
    void deliverIn(world);
    world.clock.advance(settings.leaseMs);
    const next = { ...world.context, post: world.destination.post };
    await deliver(next, receivedMessage({ receiveCount: 2 }), freePass, world.clock.now() + functionTimeoutMs);
    expect(world.destination.requests[0]?.headers).toMatchObject({ 'x-relay-attempt': '1' });
  });
});
