import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { eventIdOf } from '../../lambdas/ingest/event-id.ts';
import type { VerifyConfig } from '../../lib/infra/relay-config.ts';
import { signRequest } from '../../lib/local/sign-request.ts';
import { giveOwnId, type Sample } from '../../lib/operator/send/give-own-id.ts';

const kinds: readonly VerifyConfig[] = [
  { kind: 'open-messaging' },
  { kind: 'hmac-sha256', header: 'x-sig', prefix: '', encoding: 'hex' },
  { kind: 'header', header: 'x-secret', prefix: '' },
  { kind: 'basic', username: 'genesys' },
  { kind: 'standard-webhooks' },
  { kind: 'none', acceptUnsigned: true },
];

const samples = ['open-messaging-text', 'open-messaging-receipt', 'open-messaging-typing', 'data-action'];

/** As the ingest function sees what `relay send` posts. */
function eventId(verify: VerifyConfig, { body, headers }: Sample): string {
  const signature = signRequest(verify, 'c2VjcmV0IG9mIDI0IGJ5dGVzISEh', body, 0, headers['webhook-id']);
  return eventIdOf({ route: 'main', body, headers: { ...signature, ...headers }, sourceIp: '127.0.0.1' }, verify.kind);
}

describe.each(kinds)('for a route of kind $kind', (verify) => {
  test.each(samples)('%s is the same event as it is, and another one for each id', (name) => {
    const sample = { body: readFileSync(`samples/${name}.json`), headers: {} };
    const own = (id: string) => eventId(verify, giveOwnId(sample, verify.kind, id));

    expect(eventId(verify, sample)).toBe(eventId(verify, sample));
    expect(new Set([eventId(verify, sample), own('one'), own('two')]).size).toBe(3);
    expect(own('one')).toBe(own('one'));
  });
});

test('a body that is no JSON object is sent as it is', () => {
  for (const text of ['[1]', 'not json', '"text"']) {
    const body = Buffer.from(text);
    for (const kind of ['open-messaging', 'hmac-sha256'] as const) {
      expect(giveOwnId({ body, headers: {} }, kind, 'id').body).toBe(body);
    }
  }
});
