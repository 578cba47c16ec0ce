import { describe, expect, test } from '@jest/globals';
import { type TrialResult, trialRequestSchema, trialResultSchema } from '../../lambdas/contract/trial-call.ts';

const trial = {
  messageId: '5fea7756-0ea4-451a-a703-a558b933e274',
  sentAtMs: 1_772_619_322_417,
  message: { body: '{"text":"\u2603"}', attributes: { EventId: { type: 'String', value: 'e-1' } } },
};

describe('a request', () => {
  test('holds the message that the destination is to be tried with', () => {
    expect(trialRequestSchema.parse(JSON.parse(JSON.stringify({ trial })))).toEqual({ trial });
  });

  test.each<[name: string, event: unknown]>([
    ['an SQS event', { Records: [] }],
    ['an empty event', {}],
    ['a trial without its message', { trial: { ...trial, message: undefined } }],
    ['a trial without the time of its receipt', { trial: { ...trial, sentAtMs: undefined } }],
  ])('is not %s', (_name, event) => {
    expect(trialRequestSchema.safeParse(event).success).toBe(false);
  });
});

describe('a result', () => {
  test.each<TrialResult>([
    { outcome: 'answered' },
    { outcome: 'failed', error: 'HTTP 503' },
    { outcome: 'failed', error: 'HTTP 503', waitUntilMs: 1_772_619_322_417 },
    { outcome: 'failed', error: 'HTTP 401', halt: 'unauthorized' },
    { outcome: 'failed', error: 'HTTP 410', halt: 'gone' },
    { outcome: 'not-posted' },
    { outcome: 'unknown', error: 'DynamoDB did not write the delivery record' },
  ])('%j is read as it is', (result) => {
    expect(trialResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  test.each<[name: string, value: unknown]>([
    ['nothing', undefined],
    ['null, which a function returns that returns nothing', null],
    ['the answer to a batch', { batchItemFailures: [] }],
    ['another outcome', { outcome: 'delivered' }],
    ['a failure without its error', { outcome: 'failed' }],
    ['another halt', { outcome: 'failed', error: 'HTTP 418', halt: 'teapot' }],
    ['a moment that is text', { outcome: 'failed', error: 'HTTP 503', waitUntilMs: '2026-03-04T10:15:22Z' }],
  ])('is not %s', (_name, value) => {
    expect(trialResultSchema.safeParse(value).success).toBe(false);
  });
});
