import { expect, test } from '@jest/globals';
import { compareEndpoint } from '../../lib/genesys/check/compare-endpoint.ts';
import { entrances, ingestUrls } from './sample-org.ts';

const host = 'https://abc123.execute-api.eu-central-1.amazonaws.com';

const here = { kind: 'here', route: 'open-messaging' };
const beside = (flaw: string, route?: string) => ({ kind: 'beside', flaw, route });
const elsewhere = { kind: 'elsewhere', resembles: undefined };

test.each([
  [ingestUrls['open-messaging'], here],
  [` ${ingestUrls['open-messaging']} `, here],
  [`${ingestUrls['open-messaging']}?tenant=acme`, here],
  [`${ingestUrls['open-messaging']}?id=\${input.id}`, here],
  ['https://ABC123.execute-api.eu-central-1.amazonaws.com:443/webhooks/open-messaging', here],
  [`${ingestUrls['open-messaging']}/`, beside('trailing-slash', 'open-messaging')],
  [`${host}/webhooks/OPEN-messaging`, beside('letter-case', 'open-messaging')],
  [`${host}/webhooks/open-messaging/extra`, beside('other-path')],
  [`${host}/webhooks/nope`, beside('unknown-route')],
  [`${host}/webhooks/open-mesaging`, beside('unknown-route', 'open-messaging')],
  [`${host}/webhooks/plattform-event`, beside('unknown-route', 'platform-events')],
  [host, beside('other-path')],
  [`${host}/webhooks/\${input.route}`, beside('templated')],
  [`${host}/webhooks/$!{input.route}`, beside('templated')],
  ['https://old.example.com/webhooks/open-messaging', { kind: 'elsewhere', resembles: 'open-messaging' }],
  ['https://crm.example.com/', elsewhere],
  [`https://\${input.host}/webhooks/open-messaging`, elsewhere],
  ['', elsewhere],
  ['not a URL', elsewhere],
])('%s', (endpoint, aim) => {
  expect(compareEndpoint(endpoint, entrances)).toEqual(aim);
});

test('with a single route there is no doubt which was meant', () => {
  expect(compareEndpoint(`${host}/webhooks/nope`, entrances.slice(0, 1))).toEqual(
    beside('unknown-route', 'open-messaging'),
  );
});
