import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type BreakerState,
  breakerKey,
  closedBreaker,
  type Phase,
  pauseReasons,
  readBreakerState,
  writeBreakerState,
} from '../../lambdas/contract/breaker-state.ts';
import { deliveryKey } from '../../lambdas/contract/delivery-record.ts';
import { parseJson } from '../../lambdas/contract/parse-json.ts';
import { anyStrings, eventIds, jsonBodies, routeNames } from '../support/arbitraries.ts';

const moment = fc.maxSafeNat();
const count = fc.nat();

const counts = fc.record({ sinceMs: moment, attempts: count, failures: count, streak: count, streakSinceMs: moment });

const phases: fc.Arbitrary<Phase> = fc.oneof(
  fc.record({ kind: fc.constant('closed' as const), counts }, { requiredKeys: ['kind'] }),
  fc.record(
    {
      kind: fc.constant('open' as const),
      reason: fc.constantFrom(...pauseReasons),
      error: anyStrings,
      sinceMs: moment,
      reopenNotBeforeMs: moment,
      failedTrials: count,
      answered: fc.boolean(),
      vainLooks: count,
      furtherLooks: count,
    },
    {
      requiredKeys: [
        'kind',
        'reason',
        'sinceMs',
        'reopenNotBeforeMs',
        'failedTrials',
        'answered',
        'vainLooks',
        'furtherLooks',
      ],
    },
  ),
  fc.record({ kind: fc.constant('half-open' as const), sinceMs: moment, counts }),
  fc.record({ kind: fc.constant('ramping' as const), sinceMs: moment, step: count, counts }),
);

const states: fc.Arbitrary<BreakerState> = fc.record({
  version: count,
  phase: phases,
  notBeforeMs: moment,
  relapses: count,
  heldBackSinceMs: moment,
  trials: fc.array(fc.record({ key: anyStrings, eventId: eventIds })),
  lastDeliveredAtMs: moment,
});

describe('a state', () => {
  test('comes back as it was written, in any phase', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(readBreakerState(parseJson(writeBreakerState(state)), state.version)).toEqual(state);
      }),
      { numRuns: 500 },
    );
  });

  test('does not hold its version, which stands beside it: that of the item it is read from is the one that counts', () => {
    const text = writeBreakerState({ ...closedBreaker, version: 7 });
    expect(text).not.toContain('version');
    expect(readBreakerState(parseJson(text), 9)).toEqual({ ...closedBreaker, version: 9 });
  });
});

describe('what another version of the relay may have written means nothing', () => {
  const { version: _version, ...closed } = closedBreaker;

  test.each<[name: string, text: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an array', [closed]],
    ['a text', JSON.stringify(closed)],
    ['another phase', { ...closed, phase: { kind: 'ajar' } }],
    ['no phase', { ...closed, phase: undefined }],
    ['a phase without its fields', { ...closed, phase: { kind: 'open' } }],
    ['another reason', { ...closed, phase: { ...openPhase(), reason: 'bored' } }],
    ['a time that is text', { ...closed, notBeforeMs: '0' }],
    ['no trials', { ...closed, trials: undefined }],
    ['a trial without its key', { ...closed, trials: [{ eventId: 'a' }] }],
    ['no last delivery', { ...closed, lastDeliveredAtMs: undefined }],
  ])('%s', (_name, value) => {
    expect(readBreakerState(value, 3)).toBeUndefined();
  });

  test('any JSON', () => {
    fc.assert(
      fc.property(jsonBodies, (bytes) => {
        expect(readBreakerState(parseJson(Buffer.from(bytes).toString('utf8')), 3)).toBeUndefined();
      }),
    );
  });

  test('but a field that a later version has put beside ours is no harm', () => {
    expect(readBreakerState({ ...closed, mood: 'good' }, 3)).toEqual({ ...closedBreaker, version: 3 });
  });

  function openPhase() {
    return {
      kind: 'open',
      reason: 'failing',
      sinceMs: 1,
      reopenNotBeforeMs: 1,
      failedTrials: 0,
      answered: false,
      vainLooks: 0,
      furtherLooks: 0,
    };
  }
});

describe('the key of a breaker', () => {
  test('is no event’s, whatever routes and events are called', () => {
    fc.assert(
      fc.property(routeNames, routeNames, eventIds, (route, other, eventId) => {
        expect(breakerKey(route)).not.toBe(deliveryKey(other, eventId));
      }),
    );
  });

  test('begins with the word that permissions go by, and tells its route', () => {
    fc.assert(fc.property(routeNames, (route) => breakerKey(route) === `breaker#${route}`));
  });
});
