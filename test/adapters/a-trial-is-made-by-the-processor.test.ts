import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lambdaTryDestination } from '../../lambdas/adapters/lambda-try-destination.ts';
import type { TrialRequest, TrialResult } from '../../lambdas/contract/trial-call.ts';
import { emulateLambda, type LambdaApi } from '../../lib/local/emulate-lambda.ts';
import type { InvocationResult } from '../../lib/local/invocation.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { hangs } from '../support/fail-calls.ts';
import { startMs } from '../support/settable-clock.ts';

const request: TrialRequest = {
  trial: {
    messageId: 'm-1',
    receiptHandle: 'receipt-1',
    message: { body: '{"text":"\u2603"}', attributes: { EventId: { type: 'String', value: 'e-1' } } },
  },
  lastDeliveredAtMs: startMs,
};

let lambda: LambdaApi;
let client: LambdaClient;
let processors = 0;

beforeAll(async () => {
  lambda = await emulateLambda();
  client = new LambdaClient(localClientSettings(lambda.url));
});
afterAll(async () => {
  client.destroy();
  await lambda.close();
});

/** Each test has a processor of its own: a call that one of them gave up on may still arrive while the next one runs. */
function aProcessorThat(invoke: () => Promise<InvocationResult>) {
  processors += 1;
  const name = `processor-${processors}`;
  const events: unknown[] = [];
  lambda.createFunction({
    name,
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    invoke: (event) => {
      events.push(event);
      return invoke();
    },
  });
  return { events, tried: (withinMs = 5_000) => lambdaTryDestination(client)(withinMs)(name, request) };
}

describe('a trial', () => {
  test.each<TrialResult>([
    { outcome: 'answered', delivered: true },
    { outcome: 'failed', error: 'HTTP 503', blames: 'event', waitUntilMs: startMs + 5_000 },
    { outcome: 'failed', error: 'HTTP 410', blames: 'destination', halt: 'gone' },
    { outcome: 'not-posted', againInSeconds: 300 },
    { outcome: 'unknown', error: 'too-little-time' },
  ])('hands the event to the processor, and comes to what that says: %j', async (value) => {
    const { events, tried } = aProcessorThat(async () => ({ kind: 'returned', value }));
    expect(await tried()).toEqual(value);
    expect(events).toEqual([request]);
  });
});

describe('nothing is learned about the destination', () => {
  test.each<[name: string, result: InvocationResult]>([
    ['throws', { kind: 'failed', error: 'Error: boom' }],
    ['runs out of time', { kind: 'timed-out', afterMs: 25_000 }],
  ])('from a processor that %s', async (_name, result) => {
    expect(await aProcessorThat(async () => result).tried()).toEqual({
      outcome: 'unknown',
      error: expect.stringContaining('the processor failed: Unhandled'),
    });
  });

  test.each<[name: string, value: unknown]>([
    ['nothing', undefined],
    ['an answer to a batch', { batchItemFailures: [] }],
    ['another outcome', { outcome: 'delivered' }],
    ['a text', 'answered'],
    ['a failure without an error', { outcome: 'failed' }],
  ])('from a processor that returns %s', async (_name, value) => {
    const { tried } = aProcessorThat(async () => ({ kind: 'returned', value }));
    expect(await tried()).toEqual({ outcome: 'unknown', error: expect.stringContaining('no trial result') });
  });

  test('from a processor that takes longer than the tick has left', async () => {
    const startedMs = performance.now();
    expect(await aProcessorThat(hangs).tried(200)).toMatchObject({ outcome: 'unknown' });
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  test('when there is no time for it at all', async () => {
    expect(await aProcessorThat(hangs).tried(0)).toMatchObject({ outcome: 'unknown' });
  });

  test('from a processor that is not there', async () => {
    const tryDestination = lambdaTryDestination(client)(5_000);
    expect(await tryDestination('nowhere', request)).toEqual({
      outcome: 'unknown',
      error: expect.stringContaining('ResourceNotFoundException'),
    });
  });

  test('and that is told without a word of what the processor returned', async () => {
    const { tried } = aProcessorThat(async () => ({ kind: 'returned', value: 'the customers own words' }));
    expect(JSON.stringify(await tried())).not.toMatch(/customer|\u2603/);
  });
});
