import { expect, test } from '@jest/globals';
import type { Verification } from '../../lambdas/contract/env.ts';
import { passedOnSignatureHeader } from '../../lambdas/contract/signature-headers.ts';

const secretArn = 'arn:secret';
const hmac = { kind: 'hmac-sha256', secretArn, header: 'x-sig', prefix: '', encoding: 'hex' } as const;

test.each<[string, Verification, string | undefined]>([
  ["Genesys's signature", { kind: 'open-messaging', secretArn }, 'x-hub-signature-256'],
  ['a signature of the body alone', hmac, 'x-sig'],
  [
    'a signature of a timestamp that the destination does not get',
    { ...hmac, timestamp: { header: 'x-time', toleranceSeconds: 300 } },
    undefined,
  ],
  ['a secret in a header', { kind: 'header', secretArn, header: 'x-api-key', prefix: '' }, undefined],
  ['a password', { kind: 'basic', secretArn, username: 'genesys' }, undefined],
  ['a signature of an id that is replaced', { kind: 'standard-webhooks', secretArn }, undefined],
  ['nothing', { kind: 'none' }, undefined],
])('the destination gets %s in a header of its own, or not at all', (_what, verification, header) => {
  expect(passedOnSignatureHeader(verification)).toBe(header);
});
