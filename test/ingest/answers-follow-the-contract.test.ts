import { describe, expect, test } from '@jest/globals';
import type { RefusalReason } from '../../lambdas/contract/step-log.ts';
import { answerRequest, healthy, notStored } from '../../lambdas/ingest/answer-request.ts';

const json = { 'content-type': 'application/json' };

describe('the answer to a webhook', () => {
  test('that is stored is 200 with its event id', () => {
    const answer = answerRequest({ kind: 'stored', eventId: 'c:Text:m' });
    expect(answer).toEqual({ statusCode: 200, headers: json, body: '{"id":"c:Text:m"}' });
  });

  test.each<[RefusalReason, number]>([
    ['unknown-route', 404],
    ['empty-body', 400],
    ['source-not-allowed', 403],
    ['signature-missing', 401],
    ['signature-malformed', 401],
    ['signature-mismatch', 401],
    ['timestamp-outside-tolerance', 401],
    ['credential-missing', 401],
    ['credential-malformed', 401],
    ['credential-mismatch', 401],
  ])('that is refused for %s is %d', (reason, statusCode) => {
    expect(answerRequest({ kind: 'refused', reason })).toMatchObject({ statusCode, headers: json });
  });

  test('does not tell a forger how close the signature was', () => {
    const reasons = [
      'signature-missing',
      'signature-malformed',
      'signature-mismatch',
      'timestamp-outside-tolerance',
      'credential-missing',
      'credential-malformed',
      'credential-mismatch',
    ] as const;
    const bodies = reasons.map((reason) => answerRequest({ kind: 'refused', reason }).body);
    expect(new Set(bodies).size).toBe(1);
  });

  test('that could not be stored is 503 and asks for another try in 5 s', () => {
    const expected = { statusCode: 503, headers: { ...json, 'retry-after': '5' } };
    expect(answerRequest({ kind: 'not-stored' })).toMatchObject(expected);
    expect(notStored()).toEqual(answerRequest({ kind: 'not-stored' }));
  });
});

test('the health check is 200', () => {
  expect(healthy()).toMatchObject({ statusCode: 200, headers: json });
});
