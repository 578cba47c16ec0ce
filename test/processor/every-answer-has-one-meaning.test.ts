import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { classify } from '../../lambdas/processor/classify.ts';
import { answered } from '../support/scripted-destination.ts';
import { startMs } from '../support/settable-clock.ts';

/** startMs is Wed, 04 Mar 2026 10:15:22.417 GMT. */
const classified = (status: number, headers = {}) => classify(answered(status, headers), startMs);

describe('an answer', () => {
  test.each([200, 201, 202, 204, 206, 226, 299])('of %d delivers the event', (status) => {
    expect(classified(status)).toEqual({ kind: 'delivered', status });
  });

  test.each([
    ['an interim answer that came as the last', 'destination', [100, 101, 103]],
    ['a redirect, which is not followed', 'destination', [300, 301, 302, 303, 304, 307, 308, 399]],
    ['a request that took too long, or went to the wrong server', 'destination', [408, 421]],
    ['a conflict of the event with something that passes', 'event', [409, 423, 425]],
    ['too high a pace', 'pace', [429]],
    ['a fault of the destination', 'destination', [500, 501, 502, 503, 504, 507, 511, 599]],
    ['a number that HTTP does not know', 'destination', [0, 99, 600, 999]],
  ])('that is %s is retried, and blames the %s', (_meaning, blames, statuses) => {
    for (const status of statuses) {
      expect(classified(status)).toEqual({ kind: 'retry', status, error: `HTTP ${status}`, blames });
    }
  });

  test.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [410, 'gone'],
  ])('of %d pauses the route: %s', (status, why) => {
    expect(classified(status)).toEqual({ kind: 'pause', why, status, error: `HTTP ${status}` });
  });

  test.each([400, 402, 404, 405, 406, 407, 411, 412, 413, 414, 415, 417, 418, 422, 424, 426, 428, 431, 451, 499])(
    'of %d is a dead letter',
    (status) => {
      expect(classified(status)).toEqual({ kind: 'dead-letter', cause: 'rejected', status, error: `HTTP ${status}` });
    },
  );

  test('of any number gives up on nothing but a 4xx, and delivers nothing but a 2xx', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), (status) => {
        const { kind } = classified(status);
        if (kind === 'dead-letter' || kind === 'pause') expect(Math.floor(status / 100)).toBe(4);
        expect(kind === 'delivered').toBe(Math.floor(status / 100) === 2);
      }),
    );
  });
});

describe('no answer', () => {
  test('in time is retried', () => {
    const error = 'no answer within 10000 ms';
    expect(classify({ kind: 'timed-out', afterMs: 10_000 }, startMs)).toEqual({
      kind: 'retry',
      error,
      blames: 'destination',
    });
  });

  test.each([
    // DNS
    'ENOTFOUND',
    'EAI_AGAIN',
    // TCP
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EPIPE',
    'ETIMEDOUT',
    'EADDRNOTAVAIL',
    // TLS
    'EPROTO',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    // HTTP
    'HPE_INVALID_CONSTANT',
    'HPE_HEADER_OVERFLOW',
    'ERR_INVALID_CHAR',
  ])('because of %s is retried', (code) => {
    expect(classify({ kind: 'unreachable', code }, startMs)).toEqual({
      kind: 'retry',
      error: code,
      blames: 'destination',
    });
  });

  test('because the URL leads to a forbidden address is retried: no event is given up for a name that can be mended', () => {
    expect(classify({ kind: 'out-of-reach', address: '169.254.169.254' }, startMs)).toEqual({
      kind: 'retry',
      error: 'address 169.254.169.254 is not allowed',
      blames: 'destination',
    });
  });
});

const inSeconds = (seconds: number) => startMs + seconds * 1_000;
const longestMs = inSeconds(43_200);
const epochSeconds = Math.floor(startMs / 1_000);

describe.each([429, 503])('an answer of %d', (status) => {
  const waitOf = (headers: Record<string, string>) => {
    const verdict = classified(status, headers);
    return verdict.kind === 'retry' ? verdict.notBeforeMs : 'no retry';
  };

  test.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '120' }, inSeconds(120)],
    ['seconds with a fraction', { 'retry-after': '1.5' }, inSeconds(1.5)],
    ['seconds with white space', { 'retry-after': ' 7 ' }, inSeconds(7)],
    ['a date', { 'retry-after': 'Wed, 04 Mar 2026 10:17:00 GMT' }, Date.parse('2026-03-04T10:17:00Z')],
    [
      'a date in the old form',
      { 'retry-after': 'Wednesday, 04-Mar-26 10:17:00 GMT' },
      Date.parse('2026-03-04T10:17:00Z'),
    ],
    ['a week, cut to 12 h', { 'retry-after': '604800' }, longestMs],
    ['a year ahead, cut to 12 h', { 'retry-after': 'Thu, 04 Mar 2027 10:15:22 GMT' }, longestMs],
    ['a length that overflows, cut to 12 h', { 'retry-after': '999999999999999' }, longestMs],
    ['no seconds at all', { 'retry-after': '0' }, undefined],
    ['a date in 1970', { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['NaN', { 'retry-after': 'NaN' }, undefined],
    ['Infinity', { 'retry-after': 'Infinity' }, undefined],
    ['an exponent', { 'retry-after': '1e9' }, undefined],
    ['hexadecimal', { 'retry-after': '0x10' }, undefined],
    ['words', { 'retry-after': 'soon' }, undefined],
    ['words with GMT', { 'retry-after': 'tomorrow GMT' }, undefined],
    ['nothing', { 'retry-after': '' }, undefined],
    ['two values that a proxy joined', { 'retry-after': '5, 10' }, undefined],
  ])('with Retry-After of %s', (_form, headers, untilMs) => {
    expect(waitOf(headers)).toBe(untilMs);
  });

  test.each(['ratelimit-reset', 'x-ratelimit-reset'])('with %s', (name) => {
    expect(waitOf({ [name]: '30' })).toBe(inSeconds(30));
    expect(waitOf({ [name]: String(epochSeconds + 90) })).toBe((epochSeconds + 90) * 1_000);
    expect(waitOf({ [name]: String(startMs + 90_000) })).toBe(startMs + 90_000);
    expect(waitOf({ [name]: String(epochSeconds + 365 * 86_400) })).toBe(longestMs);
    for (const absurd of ['-1', 'NaN', '', 'soon', '0', '1000000000', String(epochSeconds - 5)]) {
      expect(waitOf({ [name]: absurd })).toBeUndefined();
    }
  });

  test('goes by the first header that makes sense', () => {
    const all = { 'retry-after': '1', 'ratelimit-reset': '2', 'x-ratelimit-reset': '3' };
    expect(waitOf(all)).toBe(inSeconds(1));
    expect(waitOf({ ...all, 'retry-after': '-1' })).toBe(inSeconds(2));
    expect(waitOf({ ...all, 'retry-after': 'x', 'ratelimit-reset': 'x' })).toBe(inSeconds(3));
  });

  test('never asks for a wait that is over, or longer than 12 h, whatever its headers say', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String)), (value) => {
        const untilMs = waitOf({ 'retry-after': value, 'x-ratelimit-reset': value });
        if (untilMs === undefined) return;
        expect(untilMs).toBeGreaterThan(startMs);
        expect(untilMs).toBeLessThanOrEqual(longestMs);
      }),
    );
  });
});

test('other answers ask for nothing, whatever their headers say', () => {
  for (const status of [408, 500, 502, 504, 425]) {
    expect(classified(status, { 'retry-after': '120' })).not.toHaveProperty('notBeforeMs');
  }
});
