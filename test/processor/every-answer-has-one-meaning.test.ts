import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { classify } from '../../lambdas/processor/classify.ts';
import { answered } from '../support/scripted-destination.ts';

describe('an answer', () => {
  test.each([200, 201, 202, 204, 206, 299])('of %d delivers the event', (status) => {
    expect(classify(answered(status))).toEqual({ kind: 'delivered', status });
  });

  test.each([
    ['an interim answer that came as the last', [100, 101, 103]],
    ['a redirect, which is not followed', [300, 301, 302, 303, 304, 307, 308, 399]],
    ['a credential that no event is to blame for', [401, 403]],
    ['a 4xx that passes', [408, 409, 421, 423, 425, 429]],
    ['a resource that is gone for every event', [410]],
    ['a fault of the destination', [500, 501, 502, 503, 504, 507, 511, 599]],
    ['a number that HTTP does not know', [0, 99, 600, 999]],
  ])('that is %s is retried', (_meaning, statuses) => {
    for (const status of statuses) {
      expect(classify(answered(status))).toEqual({ kind: 'retry', status, error: `HTTP ${status}` });
    }
  });

  test.each([400, 402, 404, 405, 406, 411, 413, 414, 415, 418, 422, 424, 426, 428, 431, 451, 499])(
    'of %d is a dead letter',
    (status) => {
      expect(classify(answered(status))).toEqual({ kind: 'dead-letter', status, error: `HTTP ${status}` });
    },
  );

  test('of any number gives up on nothing but a 4xx, and delivers nothing but a 2xx', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), (status) => {
        const { kind } = classify(answered(status));
        if (kind === 'dead-letter') expect(Math.floor(status / 100)).toBe(4);
        expect(kind === 'delivered').toBe(Math.floor(status / 100) === 2);
      }),
    );
  });
});

describe('no answer', () => {
  test('in time is retried', () => {
    const error = 'no answer within 10000 ms';
    expect(classify({ kind: 'timed-out', afterMs: 10_000 })).toEqual({ kind: 'retry', error });
  });

  test.each(['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'EPROTO', 'CERT_HAS_EXPIRED', 'HPE_INVALID_CONSTANT'])(
    'because of %s is retried',
    (code) => {
      expect(classify({ kind: 'unreachable', code })).toEqual({ kind: 'retry', error: code });
    },
  );
});
