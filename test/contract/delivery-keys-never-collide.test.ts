import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { deliveryKey } from '../../lambdas/contract/delivery-record.ts';
import { eventIds, routeNames } from '../support/arbitraries.ts';

describe('the key of a delivery record', () => {
  test('is what scripts outside the repository look up', () => {
    expect(deliveryKey('orders', 'channel:Text:1')).toBe('event#orders#channel:Text:1');
  });

  test('tells its route and event id: no two events share one', () => {
    fc.assert(
      fc.property(routeNames, eventIds, (route, eventId) => {
        const [, keyRoute, ...rest] = deliveryKey(route, eventId).split('#');
        expect(keyRoute).toBe(route);
        expect(rest.join('#')).toBe(eventId);
      }),
    );
  });
});
