import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acceptedEventId } from '../support/accepted-event-id.ts';
import { startTestRelay, type TestRelay, type TestRoute } from '../support/local-relay.ts';

const routes: Readonly<Record<string, TestRoute>> = {
  hmac: { verify: { kind: 'hmac-sha256', header: 'X-Signature', prefix: 'sha256=', encoding: 'base64' } },
  timed: { verify: { kind: 'hmac-sha256', header: 'X-Signature', timestamp: { header: 'X-Timestamp' } } },
  key: { verify: { kind: 'header', header: 'Authorization', prefix: 'Bearer ' } },
  // Not this machine: a local run lets it in all the same.
  password: { verify: { kind: 'basic' }, allowCidrs: ['203.0.113.0/24'] },
  standard: { verify: { kind: 'standard-webhooks' } },
};

let relay: TestRelay;

beforeAll(async () => {
  relay = await startTestRelay({ routes });
}, 60_000);

afterAll(() => relay.stop());

describe.each(Object.keys(routes))('a sender of route %s', (name) => {
  const body = `{"dedupeKey":"of ${name}"}`;

  test('gets in with the credentials that npm start prints, and its credential goes no further', async () => {
    const eventId = await acceptedEventId(await relay.post(name, body));
    const delivery = await relay.destination.waitFor((seen) => seen.eventId === eventId);
    expect(Buffer.from(delivery.body).toString()).toBe(body);
    const { secret } = relay.route(name);
    expect(secret).toHaveLength(48);
    expect(JSON.stringify(delivery.headers)).not.toContain(secret);
    expect(delivery.headers.authorization).toBeUndefined();
    expect(delivery.headers['x-signature'] !== undefined).toBe(name === 'hmac');
  });

  test('stays out without them', async () => {
    const answer = await relay.post(name, body, { signed: false });
    expect([answer.status, await answer.json()]).toEqual([401, { error: 'unauthorized' }]);
  });
});
