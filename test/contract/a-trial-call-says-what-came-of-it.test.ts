import { describe, expect, test } from '@jest/globals';
import { type TrialResult, trialRequestSchema, trialResultSchema } from '../../lambdas/contract/trial-call.ts';

const trial = {
  messageId: '5fea7756-0ea4-451a-a703-a558b933e274',
  receiptHandle: 'receipt-1',
  message: { body: '{"text":"\u2603"}', attributes: { EventId: { type: 'String', value: 'e-1' } } },
};

describe('a request', () => {
  const request = { trial, lastDeliveredAtMs: 1_772_619_322_417 };

  test('holds the message that the destination is to be tried with', () => {
    expect(trialRequestSchema.parse(JSON.parse(JSON.stringify(request)))).toEqual(request);
  });

  test.each<[name: string, event: unknown]>([
    ['an SQS event', { Records: [] }],
    ['an empty event', {}],
    ['a trial without its message', { ...request, trial: { ...trial, message: undefined } }],
    ['a trial without its receipt', { ...request, trial: { ...trial, receiptHandle: undefined } }],
    ['one that does not know of the last delivery', { trial }],
  ])('is not %s', (_name, event) => {
    expect(trialRequestSchema.safeParse(event).success).toBe(false);
  });
});

describe('a result', () => {
  test.each<TrialResult>([
    { outcome: 'answered', delivered: true },
    { outcome: 'answered', delivered: false, againInSeconds: 12 },
    { outcome: 'failed', error: 'HTTP 503', blames: 'destination' },
    { outcome: 'failed', error: 'HTTP 503', blames: 'event', waitUntilMs: 1_772_619_322_417 },
    { outcome: 'failed', error: 'HTTP 401', blames: 'destination', halt: 'unauthorized' },
    { outcome: 'failed', error: 'HTTP 410', blames: 'destination', halt: 'gone' },
    { outcome: 'not-posted' },
    { outcome: 'not-posted', againInSeconds: 21_600 },
    { outcome: 'unknown', error: 'DynamoDB did not write the delivery record' },
  ])('%j is read as it is', (result) => {
    expect(trialResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  test.each<[name: string, value: unknown]>([
    ['nothing', undefined],
    ['null, which a function returns that returns nothing', null],
    ['the answer to a batch', { batchItemFailures: [] }],
    ['another outcome', { outcome: 'delivered' }],
    ['an answer that does not say whether it delivered', { outcome: 'answered' }],
    ['a failure without its error', { outcome: 'failed', blames: 'event' }],
    ['a failure that nobody is to blame for', { outcome: 'failed', error: 'HTTP 503' }],
    ['another halt', { outcome: 'failed', error: 'HTTP 418', blames: 'event', halt: 'teapot' }],
    [
      'a moment that is text',
      { outcome: 'failed', error: 'HTTP 503', blames: 'event', waitUntilMs: '2026-03-04T10:15:22Z' },
    ],
  ])('is not %s', (_name, value) => {
    expect(trialResultSchema.safeParse(value).success).toBe(false);
  });
});
