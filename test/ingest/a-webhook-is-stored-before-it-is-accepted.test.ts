import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import { acceptWebhook } from '../../lambdas/ingest/accept-webhook.ts';
import { loadBody, readDelivery } from '../../lambdas/processor/read-delivery.ts';
import { byteStrings, jsonBodies } from '../support/arbitraries.ts';
import { unavailable } from '../support/fail-calls.ts';
import { type IngestWorld, ingestWorld, payloadId, unsignedRoute } from '../support/ingest-world.ts';
import { startMs } from '../support/settable-clock.ts';
import { signatureOf, signed, signedRoute } from '../support/signed-request.ts';
import { receivedMessage } from '../support/sqs-record.ts';

const body = '{"id":"m","type":"Text","text":"Hello","channel":{"id":"c"}}';
const largeBody = `${body}${' '.repeat(5_000)}`;

/** The body as the processor of the route will post it. */
async function bodyDelivered({ queue, payloads }: IngestWorld, route: string): Promise<Uint8Array> {
  const { message } = queue.sent[0] ?? {};
  if (message === undefined) throw new Error('nothing was sent');
  const delivery = readDelivery(receivedMessage(message), { route, bucket: payloads.bucket });
  return new Uint8Array(await loadBody(delivery.body, payloads, 1_000));
}

describe('an accepted webhook', () => {
  test('is on the queue of its route, with what is known of it beside its bytes', async () => {
    const world = ingestWorld();
    expect(await acceptWebhook(signed(body), world.ports)).toEqual({ kind: 'stored', eventId: 'c:Text:m' });
    expect(world.queue.sent).toEqual([
      {
        queueUrl: 'queue-of-open-messaging',
        message: {
          body,
          attributes: {
            EventId: { type: 'String', value: 'c:Text:m' },
            Route: { type: 'String', value: signedRoute },
            ReceivedAt: { type: 'Number', value: String(startMs) },
            ContentType: { type: 'String', value: 'application/json' },
            Signature: { type: 'String', value: signatureOf(body) },
          },
        },
      },
    ]);
    const told = { eventId: 'c:Text:m', bytes: body.length, tookMs: 0 };
    expect(world.steps).toEqual([{ step: 'accepted', route: signedRoute, ...told }]);
  });

  test('is sent with the trace of its request, if it has one', async () => {
    const world = ingestWorld({ traceHeader: () => 'Root=1-a' });
    await acceptWebhook(signed(body), world.ports);
    expect(world.queue.sent).toMatchObject([{ message: { traceHeader: 'Root=1-a' } }]);
    const untraced = ingestWorld();
    await acceptWebhook(signed(body), untraced.ports);
    expect(untraced.queue.sent[0]?.message).not.toHaveProperty('traceHeader');
  });

  test('took as long as its sender waited, a cold start among it, by whatever clock', async () => {
    const world = ingestWorld();
    const arrivedAtMs = world.clock.now() - 900;
    await acceptWebhook(signed(body, { arrivedAtMs }), world.ports);
    await acceptWebhook(signed(body, { arrivedAtMs: arrivedAtMs + 2_000 }), world.ports);
    expect(world.steps).toMatchObject([{ tookMs: 900 }, { tookMs: 0 }]);
  });

  test('that is large has its payload in the bucket before its message is on the queue', async () => {
    const order: string[] = [];
    const world = ingestWorld();
    const { payloads, queue } = world;
    const ports = {
      ...world.ports,
      payloads: {
        ...payloads,
        put: async (...put: Parameters<typeof payloads.put>) => {
          await payloads.put(...put);
          order.push('payload');
        },
      },
      send: async (...send: Parameters<typeof queue.send>) => {
        order.push('message');
        await queue.send(...send);
      },
    };
    expect(await acceptWebhook(signed(largeBody), ports)).toMatchObject({ kind: 'stored' });
    expect(order).toEqual(['payload', 'message']);
    expect([...payloads.objects.keys()]).toEqual([`payloads/${signedRoute}/${payloadId}`]);
    expect(world.steps.map(({ step }) => step)).toEqual(['offloaded', 'accepted']);
  });

  test('without a signed route carries no signature on, though one was sent', async () => {
    const world = ingestWorld();
    await acceptWebhook(signed(body, { route: unsignedRoute }), world.ports);
    expect(world.queue.sent[0]).toMatchObject({ queueUrl: 'queue-of-data-action' });
    expect(world.queue.sent[0]?.message.attributes).not.toHaveProperty('Signature');
    expect(world.secretsRead).toEqual([]);
  });

  test('is accepted again when it comes again: what is a duplicate is decided at delivery', async () => {
    const world = ingestWorld();
    const [first, again] = [
      await acceptWebhook(signed(body), world.ports),
      await acceptWebhook(signed(body), world.ports),
    ];
    expect(again).toEqual(first);
    expect(world.queue.sent).toHaveLength(2);
  });

  test('reaches the processor as the very bytes that were sent, small or large', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(byteStrings, jsonBodies), fc.integer({ min: 0, max: 600 }), async (bytes, limit) => {
        fc.pre(bytes.length > 0);
        const world = ingestWorld({ inlineLimitBytes: limit });
        expect(await acceptWebhook(signed(bytes), world.ports)).toMatchObject({ kind: 'stored' });
        expect(await bodyDelivered(world, signedRoute)).toEqual(new Uint8Array(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test('that looks like a claim check is delivered as what it is', async () => {
    const world = ingestWorld();
    const bait = '["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"theirs","s3Key":"secret"}]';
    await acceptWebhook(signed(bait), world.ports);
    expect(Buffer.from(await bodyDelivered(world, signedRoute)).toString()).toBe(bait);
  });
});

test('a webhook whose secret cannot be read is not refused, for it is our fault', async () => {
  const world = ingestWorld({ secrets: unavailable });
  expect(await acceptWebhook(signed(body), world.ports)).toEqual({ kind: 'not-stored' });
  expect(world.queue.sent).toEqual([]);
  expect(world.steps).toEqual([
    { step: 'not-stored', route: signedRoute, error: expect.stringContaining(ServiceUnavailableError.name) },
  ]);
});
