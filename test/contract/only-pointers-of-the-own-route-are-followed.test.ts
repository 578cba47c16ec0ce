import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isClaimCheck, isOwnPointer, payloadKey, writePointer } from '../../lambdas/contract/payload-pointer.ts';
import { anyStrings, routeNames } from '../support/arbitraries.ts';

const own = { bucket: 'relay-payloads', route: 'orders' };
const id = '5b8f0c52-6d0b-4a2e-9a53-0f4d1c7e2b90';

function owns(key: string, bucket = own.bucket): boolean {
  return isOwnPointer({ bucket, key }, own);
}

describe('a pointer is followed', () => {
  test('to a payload that the route itself put there', () => {
    expect(owns(payloadKey('orders', id))).toBe(true);
    expect(owns(`payloads/orders/${id}`)).toBe(true);
  });

  test('for every route and id that keys are made of', () => {
    fc.assert(
      fc.property(routeNames, fc.uuid(), (route, uuid) => {
        return isOwnPointer({ bucket: own.bucket, key: payloadKey(route, uuid) }, { bucket: own.bucket, route });
      }),
    );
  });
});

describe('a body that looks like a pointer', () => {
  const lookalike = writePointer({ bucket: own.bucket, key: payloadKey('orders', id) });

  test('is a webhook like any other where the relay took it in', () => {
    expect(isClaimCheck(lookalike, { EventId: 'e', Route: 'orders' })).toBe(false);
  });

  test('is one where the message says so, or nobody has said anything', () => {
    expect(isClaimCheck(lookalike, { EventId: 'e', ExtendedPayloadSize: 300_000 })).toBe(true);
    expect(isClaimCheck(lookalike, {})).toBe(true);
  });
});

describe('a pointer is left alone', () => {
  test.each([
    ['another route', `payloads/returns/${id}`],
    ['a route whose name starts with ours', `payloads/orders-eu/${id}`],
    ['a route whose name ours starts with', `payloads/order/${id}`],
    ['our route in another case', `payloads/Orders/${id}`],
    ['another prefix', `secrets/orders/${id}`],
    ['a prefix before ours', `x/payloads/orders/${id}`],
    ['a leading slash', `/payloads/orders/${id}`],
    ['a way up and down again', `payloads/orders/../returns/${id}`],
    ['a way up for an id', 'payloads/orders/..'],
    ['an encoded way up', `payloads/orders/%2e%2e%2freturns%2f${id}`],
    ['a folder below the route', `payloads/orders/returns/${id}`],
    ['a double slash', `payloads/orders//${id}`],
    ['a backslash', `payloads/orders/..\\${id}`],
    ['the prefix of the route alone', 'payloads/orders/'],
    ['the route without a slash', 'payloads/orders'],
    ['an empty key', ''],
    ['a line break after the id', `payloads/orders/${id}\n`],
    ['a NUL after the id', `payloads/orders/${id}\0`],
    ['a query after the id', `payloads/orders/${id}?versionId=1`],
    ['a file extension', `payloads/orders/${id}.json`],
    ['a letter outside ASCII', 'payloads/orders/\u0456d'],
    ['an id of 129 characters', `payloads/orders/${'a'.repeat(129)}`],
  ])('when its key is of %s', (_, key) => {
    expect(owns(key)).toBe(false);
  });

  test.each(['another-bucket', 'relay-payloads-2', 'relay-payload', 'RELAY-PAYLOADS', 'relay-payloads/', ''])(
    'when its bucket is "%s"',
    (bucket) => {
      expect(owns(payloadKey('orders', id), bucket)).toBe(false);
    },
  );

  test('when its key has anything beyond letters, digits and dashes after the prefix of the route', () => {
    const plain = /^[A-Za-z0-9-]{1,128}$/;
    fc.assert(
      fc.property(
        anyStrings.filter((text) => !plain.test(text)),
        (rest) => !owns(`payloads/orders/${rest}`),
      ),
    );
  });

  test('when it leads to another route, whatever the two are called', () => {
    fc.assert(
      fc.property(routeNames, routeNames, fc.uuid(), (route, other, uuid) => {
        fc.pre(route !== other);
        return !isOwnPointer({ bucket: own.bucket, key: payloadKey(other, uuid) }, { bucket: own.bucket, route });
      }),
    );
  });
});
