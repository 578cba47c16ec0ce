import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DeployedRelay, deployedRelay } from './support/deployed-relay.ts';
import { type RouteName, senderOf } from './support/stack-config.ts';

// Other suites post to these routes what is to be accepted. Here is what must not be.
const forgeries: readonly { readonly name: RouteName; readonly forged: Readonly<Record<string, string>> }[] = [
  { name: 'healing', forged: { Authorization: 'Bearer of-somebody-else' } },
  { name: 'rejecting', forged: { authorization: `Basic ${Buffer.from('genesys:guessed').toString('base64')}` } },
  { name: 'outage', forged: { 'X-Timestamp': '1' } },
  { name: 'paused', forged: { 'webhook-id': 'of-another-event' } },
];

describe.each(forgeries)('a sender of route $name', ({ name, forged }) => {
  let relay: DeployedRelay;
  beforeAll(() => {
    relay = deployedRelay(name);
  });
  afterAll(() => relay.close());

  test(`who is known by ${senderOf(name).kind} stays out with a forgery`, async () => {
    expect(await relay.post('{"forged":true}', forged)).toMatchObject({ status: 401 });
  });
});
