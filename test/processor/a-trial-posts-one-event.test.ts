import { describe, expect, test } from '@jest/globals';
import { text } from '../../lambdas/contract/message-attributes.ts';
import type { DestinationAnswer } from '../../lambdas/contract/ports.ts';
import type { TrialRequest, TrialResult } from '../../lambdas/contract/trial-call.ts';
import { deliver } from '../../lambdas/processor/deliver.ts';
import type { ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import { tryEvent } from '../../lambdas/processor/try-event.ts';
import { trialMessage } from '../support/breaker-world.ts';
import { unavailable } from '../support/fail-calls.ts';
import { namedMessage } from '../support/message-batch.ts';
import {
  freePass,
  functionTimeoutMs,
  type ProcessorWorld,
  processorWorld,
  settings,
} from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';

const eventId = 'event-1';
const trial = trialMessage(eventId);

function tryIn({ context, clock }: ProcessorWorld, changes: Partial<TrialRequest & ProcessorContext> = {}) {
  const { trial: copy = trial, lastDeliveredAtMs = 0, ...ports } = changes;
  return tryEvent({ ...context, ...ports }, { trial: copy, lastDeliveredAtMs }, clock.now() + functionTimeoutMs);
}

const failed = (error: string, others: Partial<Extract<TrialResult, { outcome: 'failed' }>> = {}): TrialResult => ({
  outcome: 'failed',
  error,
  blames: 'destination',
  ...others,
});

describe('what comes of a trial', () => {
  const waitUntilMs = startMs + 60_000;
  test.each<[string, DestinationAnswer, TrialResult]>([
    ['200', answered(200), { outcome: 'answered', delivered: true }],
    ['422', answered(422), { outcome: 'answered', delivered: false }],
    ['404, which an endpoint answers that is not there yet', answered(404), failed('HTTP 404')],
    ['405, which may be the same', answered(405), failed('HTTP 405')],
    ['409', answered(409), { outcome: 'answered', delivered: false, againInSeconds: 4 }],
    ['503', answered(503), failed('HTTP 503')],
    ['503 with a wait', answered(503, { 'retry-after': '60' }), failed('HTTP 503', { waitUntilMs })],
    ['429', answered(429), failed('HTTP 429')],
    ['401', answered(401), failed('HTTP 401', { halt: 'unauthorized' })],
    ['410', answered(410), failed('HTTP 410', { halt: 'gone' })],
    ['no answer', { kind: 'timed-out', afterMs: 9 }, failed('no answer within 9 ms')],
    ['no connection', { kind: 'unreachable', code: 'ECONNRESET' }, failed('ECONNRESET')],
  ])('after %s', async (_what, answer, result) => {
    const world = processorWorld([answer]);
    expect(await tryIn(world)).toEqual(result);
    expect(world.destination.requests).toHaveLength(1);
    // The scheduled function tells it, together with the next step.
    expect(world.steps.filter(({ step }) => step === 'retrying')).toEqual([]);
  });

  test('an event that is delivered is recorded, and a duplicate from then on', async () => {
    const world = processorWorld();
    await tryIn(world);
    expect(world.records.read(eventId)).toMatchObject({ status: 'delivered', attempts: 1 });
    expect(await tryIn(world)).toEqual({ outcome: 'not-posted' });
    expect(world.destination.requests).toHaveLength(1);
  });

  test('an event that is refused is set aside, as from the queue, and its copy is not tried again', async () => {
    const world = processorWorld([answered(422)]);
    await tryIn(world);
    expect(world.records.read(eventId)).toMatchObject({ status: 'failed' });
    expect(world.deadLetters).toHaveLength(1);
    expect(await tryIn(world)).toEqual({ outcome: 'not-posted' });
  });

  test('an event whose attempt is recorded nowhere was posted all the same', async () => {
    const world = processorWorld();
    const records = { ...world.records, recordDelivered: unavailable };
    const againInSeconds = functionTimeoutMs / 1_000 + 1;
    expect(await tryIn(world, { records })).toEqual({ outcome: 'answered', delivered: true, againInSeconds });
  });
});

describe('a trial that fails', () => {
  test.each([404, 405])('with %i sets nothing aside', async (status) => {
    const world = processorWorld([answered(status)]);
    await tryIn(world);
    expect(world.records.read(eventId)).toMatchObject({ status: 'delivering', attempts: 0, lastStatus: status });
    expect(world.deadLetters).toEqual([]);
  });

  test('uses up no attempt: the number that is told is the same however often it is tried', async () => {
    const world = processorWorld([answered(503)]);
    for (let trials = 0; trials < 2 * settings.retry.maxAttempts; trials++) {
      await tryIn(world);
      expect(world.records.read(eventId)).toMatchObject({ status: 'delivering', attempts: 0, lastError: 'HTTP 503' });
      world.clock.advance(60_000);
    }
    const attempts = new Set(world.destination.requests.map(({ headers }) => headers['x-relay-attempt']));
    expect(attempts).toEqual(new Set(['1']));
    expect(world.deadLetters).toEqual([]);
  });

  test('goes on from the attempts that were used up before the pause', async () => {
    const world = processorWorld([answered(503)]);
    await deliver(world.context, namedMessage(eventId), freePass, startMs + functionTimeoutMs);
    world.clock.advance(60_000);
    await tryIn(world);
    expect(world.destination.requests.map(({ headers }) => headers['x-relay-attempt'])).toEqual(['1', '2']);
    expect(world.records.read(eventId)).toMatchObject({ attempts: 1 });
  });
});

describe('a trial that fails an event which failed before', () => {
  const lastDeliveredAtMs = startMs + 30_000;

  test.each([401, 410, 500])(
    'blames the event when others were delivered since, and uses up no attempt either: %i',
    async (status) => {
      const world = processorWorld([answered(status)]);
      await tryIn(world);
      world.clock.advance(60_000);
      expect(await tryIn(world, { lastDeliveredAtMs })).toMatchObject({ outcome: 'failed', blames: 'event' });
      expect(world.records.read(eventId)).toMatchObject({ attempts: 0, lastFailedAtMs: startMs + 60_000 });
    },
  );

  test('blames the destination when nothing was delivered since then', async () => {
    const world = processorWorld([answered(500)]);
    for (const wait of [60_000, 60_000]) {
      await tryIn(world);
      world.clock.advance(wait);
    }
    expect(await tryIn(world, { lastDeliveredAtMs })).toMatchObject({ outcome: 'failed', blames: 'destination' });
    expect(world.records.read(eventId)).toMatchObject({ attempts: 0 });
  });
});

describe('nothing is posted', () => {
  test.each([
    ['another route', { ...trial, message: { ...trial.message, attributes: { Route: text('another') } } }],
    ['attributes that make no sense', { ...trial, message: { ...trial.message, attributes: { EventId: text('') } } }],
  ])('of a message with %s, and it is not set aside: its original is', async (_what, copy) => {
    const world = processorWorld();
    const againInSeconds = settings.trialHideSeconds;
    expect(await tryIn(world, { trial: copy })).toEqual({ outcome: 'not-posted', againInSeconds });
    expect(world.deadLetters).toEqual([]);
    expect(world.destination.requests).toEqual([]);
  });

  test.each([
    ['for two minutes', 119_000, { outcome: 'unknown', error: 'another-delivery-holds-it' }],
    ['for longer', 119_001, { outcome: 'not-posted', againInSeconds: 121 }],
  ])('of an event that somebody else holds %s', async (_how, heldMs, result) => {
    const world = processorWorld();
    const untilMs = startMs + heldMs;
    const records = { ...world.records, claim: async () => ({ kind: 'held', untilMs }) as const };
    expect(await tryIn(world, { records })).toEqual(result);
    expect(world.destination.requests).toEqual([]);
  });

  test('without DynamoDB, and nothing is learned of the destination', async () => {
    const world = processorWorld();
    const records = { ...world.records, claim: unavailable };
    expect(await tryIn(world, { records })).toEqual({ outcome: 'unknown', error: 'service-unavailable' });
  });

  test('with too little time left', async () => {
    const world = processorWorld();
    expect(await tryEvent(world.context, { trial, lastDeliveredAtMs: 0 }, startMs + 12_999)).toEqual({
      outcome: 'unknown',
      error: 'too-little-time',
    });
    expect(world.destination.requests).toEqual([]);
  });
});
