import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { acceptWebhook } from '../../lambdas/ingest/accept-webhook.ts';
import { allowsSource } from '../../lambdas/ingest/allows-source.ts';
import { answerEvent } from '../../lambdas/ingest/answer-event.ts';
import { apiGatewayEvent } from '../support/api-gateway-event.ts';
import { anyStrings } from '../support/arbitraries.ts';
import { ingestWorld } from '../support/ingest-world.ts';
import { secretArn, signed, signedRoute } from '../support/signed-request.ts';

const allowCidrs = ['203.0.113.0/24', '198.51.100.7/32', '2001:db8:1::/48'];

describe('an address', () => {
  test.each([
    ['203.0.113.0', true],
    ['203.0.113.255', true],
    ['203.0.114.0', false],
    ['203.0.112.255', false],
    ['198.51.100.7', true],
    ['198.51.100.8', false],
    ['::ffff:203.0.113.9', true],
    ['::ffff:cb00:7109', true],
    ['::ffff:203.0.114.9', false],
    ['::203.0.113.9', false],
    ['2001:db8:1::1', true],
    ['2001:DB8:1:ffff::', true],
    ['2001:db8:2::1', false],
    ['203.0.113.9:443', false],
    ['203.0.113', false],
    ['0xcb007109', false],
    ['3405803785', false],
    ['203.0.113.9, 10.0.0.1', false],
    [' 203.0.113.9', false],
    ['localhost', false],
    ['', false],
    [undefined, false],
  ])('%s is allowed: %s', (sourceIp, allowed) => {
    expect(allowsSource(allowCidrs, sourceIp)).toBe(allowed);
    expect(allowsSource(undefined, sourceIp)).toBe(true);
    expect(allowsSource([], sourceIp)).toBe(false);
  });

  test('is in the range that its own bits begin, and in no other', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(
        fc.array(octet, { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 1, max: 32 }),
        (octets, prefix) => {
          const number = octets.reduce((sum, part) => sum * 256 + part, 0);
          const flipped = number ^ (1 << (32 - prefix));
          const neighbour = [24, 16, 8, 0].map((shift) => (flipped >>> shift) & 255).join('.');
          expect(allowsSource([`${octets.join('.')}/${prefix}`], octets.join('.'))).toBe(true);
          expect(allowsSource([`${octets.join('.')}/${prefix}`], neighbour)).toBe(false);
        },
      ),
    );
  });

  test('is never allowed for being no address', () => {
    fc.assert(fc.property(anyStrings, (text) => expect(allowsSource(['203.0.113.0/24'], text)).toBe(false)));
  });
});

describe('a webhook of a route with ranges', () => {
  const routes = {
    [signedRoute]: { queueUrl: 'queue', verify: { kind: 'open-messaging' as const, secretArn }, allowCidrs },
  };

  test('is stored when it comes from one of them and is signed', async () => {
    const world = ingestWorld({ routes });
    const webhook = signed('{"id":"m"}', { sourceIp: '203.0.113.9' });
    expect(await acceptWebhook(webhook, world.ports)).toMatchObject({ kind: 'stored' });
    const unsigned = signed('{"id":"m"}', { sourceIp: '203.0.113.9', headers: {} });
    expect(await acceptWebhook(unsigned, world.ports)).toMatchObject({ reason: 'signature-missing' });
    expect(world.queue.sent).toHaveLength(1);
  });

  test.each(['192.0.2.1', undefined])(
    'is refused from %s, however well it is signed or forwarded',
    async (sourceIp) => {
      const world = ingestWorld({ routes });
      const webhook = signed('{"id":"m"}', { sourceIp });
      const forwarded = { ...webhook, headers: { ...webhook.headers, 'x-forwarded-for': '203.0.113.9' } };
      expect(await acceptWebhook(forwarded, world.ports)).toEqual({ kind: 'refused', reason: 'source-not-allowed' });
      expect(world.queue.sent).toEqual([]);
      expect(world.secretsRead).toEqual([]);
      expect(world.steps).toEqual([{ step: 'refused', route: signedRoute, reason: 'source-not-allowed' }]);
    },
  );

  test('goes by the address that API Gateway saw, and by nothing that the sender wrote', async () => {
    const world = ingestWorld({ routes });
    const { headers, body } = signed('{"id":"m"}');
    const claims = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' };
    const event = apiGatewayEvent(signedRoute, {
      headers: { ...headers, ...claims },
      body: Buffer.from(body).toString(),
    });
    expect(await answerEvent(event, world.ports)).toMatchObject({ statusCode: 403 });
    event.requestContext.http.sourceIp = '203.0.113.9';
    expect(await answerEvent(event, world.ports)).toMatchObject({ statusCode: 200 });
    expect(world.queue.sent).toHaveLength(1);
  });
});
