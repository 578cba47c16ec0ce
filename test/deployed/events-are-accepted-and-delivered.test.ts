import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DeployedRelay, deployedRelay, eventually } from './support/deployed-relay.ts';

let relay: DeployedRelay;
let unsigned: DeployedRelay;
beforeAll(() => {
  relay = deployedRelay('signed');
  unsigned = deployedRelay('unsigned');
});
afterAll(() => {
  relay.close();
  unsigned.close();
});

const message = (id: string, text: string) => JSON.stringify({ type: 'Text', id, channel: { id: 'channel-1' }, text });
const firstDelivery = (eventId: string) =>
  eventually(`the delivery of ${eventId}`, async () => (await relay.deliveriesOf(eventId))[0]);

describe('a signed webhook', () => {
  test('is delivered with the same bytes, and with what the contract promises', async () => {
    const body = message('small', 'Gr\u00fc\u00dfe \u2603');
    const eventId = await relay.accept(body);
    const { bodyBase64, headers } = await firstDelivery(eventId);
    expect(Buffer.from(bodyBase64, 'base64').toString()).toBe(body);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-relay-route': 'signed',
      'x-relay-attempt': '1',
      'x-webhook-source': 'GenesysCloud',
      'x-hub-signature-256': expect.stringMatching(/^sha256=/),
    });
  });

  test('over the inline limit travels by the bucket, byte for byte', async () => {
    const body = message('large', randomBytes(300_000).toString('base64'));
    const { bodyBase64 } = await firstDelivery(await relay.accept(body));
    expect(Buffer.from(bodyBase64, 'base64').equals(Buffer.from(body))).toBe(true);
  });

  test('that comes twice, and twice at once, is posted once', async () => {
    const body = message('twice', 'the same event');
    const [first, second] = await Promise.all([relay.accept(body), relay.accept(body)]);
    expect(second).toBe(first);
    await firstDelivery(first);
    expect(await relay.accept(body)).toBe(first);
    // One that comes later is delivered later: by then a copy would have been posted as well.
    await firstDelivery(await relay.accept(message('later', 'another event')));
    expect(await relay.deliveriesOf(first)).toHaveLength(1);
  });
});

describe('what is not accepted', () => {
  test('is answered 401 with a wrong signature, or none', async () => {
    const body = message('forged', 'not from Genesys');
    for (const signature of ['sha256=AAAA', '']) {
      expect(await relay.post(body, { 'x-hub-signature-256': signature })).toMatchObject({ status: 401 });
    }
    await firstDelivery(await relay.accept(message('after', 'from Genesys')));
    const bodies = (await relay.deliveries()).map(({ bodyBase64 }) => Buffer.from(bodyBase64, 'base64').toString());
    expect(bodies).not.toContain(body);
  });

  test('is answered 400 without a body', async () => {
    expect(await unsigned.post('')).toMatchObject({ status: 400 });
  });
});

test('any content is accepted on an unsigned route, and passed on as it is', async () => {
  const body = new Uint8Array([0xff, 0xfe, 0, 1, 2, 0x80]);
  const { status, text } = await unsigned.post(body, { 'content-type': 'application/octet-stream' });
  expect(status).toBe(200);
  const eventId = JSON.parse(text).id;
  const { bodyBase64 } = await eventually('the delivery', async () => (await unsigned.deliveriesOf(eventId))[0]);
  expect(Buffer.from(bodyBase64, 'base64')).toEqual(Buffer.from(body));
});
