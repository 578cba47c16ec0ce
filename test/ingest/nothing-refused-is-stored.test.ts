import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { acceptWebhook } from '../../lambdas/ingest/accept-webhook.ts';
import type { WebhookRequest } from '../../lambdas/ingest/webhook-request.ts';
import { anyStrings, byteStrings } from '../support/arbitraries.ts';
import { unavailable } from '../support/fail-calls.ts';
import { ingestWorld, unsignedRoute } from '../support/ingest-world.ts';
import { signatureOf, signed, signedRoute } from '../support/signed-request.ts';

const body = '{"id":"m"}';

describe('a refused webhook', () => {
  test.each<[string, WebhookRequest, string]>([
    ['of an unknown route', signed(body, { route: 'nowhere' }), 'unknown-route'],
    ['of a route that is in every object', signed(body, { route: '__proto__' }), 'unknown-route'],
    ['of another such route', signed(body, { route: 'constructor' }), 'unknown-route'],
    ['of no route', signed(body, { route: '' }), 'unknown-route'],
    ['of a route in another spelling', signed(body, { route: 'Open-Messaging' }), 'unknown-route'],
    ['without a body', signed(''), 'empty-body'],
    ['without a body on an unsigned route', signed('', { route: unsignedRoute }), 'empty-body'],
    ['without a signature', signed(body, { headers: {} }), 'signature-missing'],
    [
      'with a hex signature',
      signed(body, { headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` } }),
      'signature-malformed',
    ],
    [
      'with a signature of another body',
      signed(body, { headers: { 'x-hub-signature-256': signatureOf('another') } }),
      'signature-mismatch',
    ],
  ])('%s leaves nothing but the reason', async (_case, request, reason) => {
    const world = ingestWorld({ inlineLimitBytes: 0 });
    expect(await acceptWebhook(request, world.ports)).toEqual({ kind: 'refused', reason });
    expect(world.queue.sent).toEqual([]);
    expect(world.payloads.objects.size).toBe(0);
    expect(world.parked.objects.size).toBe(0);
    const route = reason === 'unknown-route' ? 'unknown' : request.route;
    expect(world.steps).toEqual([{ step: 'refused', route, reason }]);
  });

  test('of an unknown route or without a body costs no look at the secret', async () => {
    const world = ingestWorld();
    await acceptWebhook(signed(body, { route: 'nowhere' }), world.ports);
    await acceptWebhook(signed(''), world.ports);
    expect(world.secretsRead).toEqual([]);
  });
});

/** Requests as hostile as the platform lets through: any text in any header, signed or not. */
const requests: fc.Arbitrary<WebhookRequest> = fc
  .record({
    route: fc.oneof(fc.constantFrom(signedRoute, unsignedRoute, '__proto__', ''), fc.string()),
    body: byteStrings,
    headers: fc.dictionary(
      fc.oneof(
        fc.constantFrom('x-hub-signature-256', 'content-type', 'webhook-id', 'idempotency-key', 'constructor'),
        fc.string().map((name) => name.toLowerCase()),
      ),
      anyStrings,
    ),
    properlySigned: fc.boolean(),
  })
  .map(({ properlySigned, headers, ...request }) => ({
    ...request,
    headers: properlySigned ? { ...headers, 'x-hub-signature-256': signatureOf(request.body) } : headers,
  }));

describe('whatever comes in', () => {
  test('is stored exactly once or not at all, and the answer says which', async () => {
    await fc.assert(
      fc.asyncProperty(requests, fc.constantFrom(0, 2_048), async (request, inlineLimitBytes) => {
        const world = ingestWorld({ inlineLimitBytes });
        const acceptance = await acceptWebhook(request, world.ports);
        expect(world.queue.sent).toHaveLength(acceptance.kind === 'stored' ? 1 : 0);
        if (acceptance.kind !== 'stored') expect(world.payloads.objects.size).toBe(0);
        expect(world.parked.objects.size).toBe(0);
        // With everything in order, there is no fault of ours to blame for anything that was sent.
        expect(acceptance.kind).not.toBe('not-stored');
      }),
      { numRuns: 1_000 },
    );
  });

  test('never makes the core reject, even with every service down', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const world = ingestWorld({
          send: unavailable,
          secrets: unavailable,
          payloads: { bucket: 'b', put: unavailable, get: unavailable },
          parked: { put: unavailable },
        });
        expect(['refused', 'not-stored']).toContain((await acceptWebhook(request, world.ports)).kind);
      }),
      { numRuns: 300 },
    );
  });
});
