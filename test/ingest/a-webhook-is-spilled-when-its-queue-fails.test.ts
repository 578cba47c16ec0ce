import { describe, expect, test } from '@jest/globals';
import { largestInlineBytes } from '../../lambdas/contract/message-attributes.ts';
import { readSpilled, spillPrefix } from '../../lambdas/contract/parked-message.ts';
import { type AcceptPorts, acceptWebhook } from '../../lambdas/ingest/accept-webhook.ts';
import { answerWithinMs } from '../../lambdas/ingest/time-budget.ts';
import { unavailable } from '../support/fail-calls.ts';
import { type IngestWorld, ingestWorld, payloadId } from '../support/ingest-world.ts';
import { startMs } from '../support/settable-clock.ts';
import { signed, signedRoute } from '../support/signed-request.ts';

const body = '{"id":"m","type":"Text","text":"Hello","channel":{"id":"c"}}';
const largeBody = `${body}${' '.repeat(5_000)}`;
const hugeBody = `${body}${' '.repeat(largestInlineBytes)}`;
const event = { route: signedRoute, eventId: 'c:Text:m' };

function spilledBy({ parked }: IngestWorld) {
  return [...parked.objects].map(([key, text]) => ({ key, spilled: readSpilled(text) }));
}

describe('a webhook that SQS does not take', () => {
  test('is spilled as the message that its queue would have got, and accepted', async () => {
    const direct = ingestWorld();
    await acceptWebhook(signed(body), direct.ports);
    const world = ingestWorld({ send: unavailable });
    expect(await acceptWebhook(signed(body), world.ports)).toEqual({ kind: 'stored', eventId: 'c:Text:m' });
    const message = direct.queue.sent[0]?.message;
    expect(spilledBy(world)).toEqual([
      { key: `${spillPrefix}00${startMs}-${payloadId}.${signedRoute}`, spilled: { route: signedRoute, message } },
    ]);
    const error = expect.stringContaining('the service is down');
    expect(world.steps).toEqual([{ step: 'spilled', ...event, error, tookMs: 0 }]);
  });

  test('keeps its trace in the spill', async () => {
    const world = ingestWorld({ send: unavailable, traceHeader: () => 'Root=1-a' });
    await acceptWebhook(signed(body), world.ports);
    const [object = ''] = world.parked.objects.values();
    expect(readSpilled(object)?.message.traceHeader).toBe('Root=1-a');
  });

  test('is spilled as its claim check when its payload is in the bucket already', async () => {
    const world = ingestWorld({ send: unavailable });
    expect(await acceptWebhook(signed(largeBody), world.ports)).toMatchObject({ kind: 'stored' });
    expect([...world.payloads.objects.keys()]).toEqual([`payloads/${signedRoute}/${payloadId}`]);
    const [{ spilled } = {}] = spilledBy(world);
    expect(spilled?.message.body).toContain(`"s3Key":"payloads/${signedRoute}/${payloadId}"`);
    expect(spilled?.message.attributes.ExtendedPayloadSize?.value).toBe(String(largeBody.length));
    expect(world.steps.map(({ step }) => step)).toEqual(['offloaded', 'spilled']);
  });

  test('is not stored when the bucket takes nothing either: the log says why, twice', async () => {
    const world = ingestWorld({ send: unavailable, parked: { put: unavailable } });
    expect(await acceptWebhook(signed(body), world.ports)).toEqual({ kind: 'not-stored' });
    expect(world.steps).toEqual([{ step: 'not-stored', route: signedRoute, error: expect.any(String) }]);
    expect(JSON.stringify(world.steps).split('the service is down')).toHaveLength(3);
  });
});

describe('a webhook whose payload the bucket does not take', () => {
  test('travels in its message as long as SQS can carry it', async () => {
    const world = ingestWorld();
    const ports = { ...world.ports, payloads: { ...world.payloads, put: unavailable } };
    expect(await acceptWebhook(signed(largeBody), ports)).toEqual({ kind: 'stored', eventId: 'c:Text:m' });
    expect(world.queue.sent).toMatchObject([{ message: { body: largeBody } }]);
    expect(world.queue.sent[0]?.message.attributes).not.toHaveProperty('ExtendedPayloadSize');
    expect(world.steps).toEqual([
      { step: 'fault', ...event, during: 'offloading the payload', error: expect.any(String) },
      { step: 'accepted', ...event, bytes: largeBody.length, tookMs: 0 },
    ]);
  });

  test('is not stored when it is too large for that, and leaves no message behind', async () => {
    const world = ingestWorld();
    const ports = { ...world.ports, payloads: { ...world.payloads, put: unavailable } };
    expect(await acceptWebhook(signed(hugeBody), ports)).toEqual({ kind: 'not-stored' });
    expect(world.queue.sent).toEqual([]);
    expect(world.parked.objects.size).toBe(0);
  });
});

describe('whichever services are up, refuse or hang', () => {
  const conditions = ['up', 'refuses', 'hangs'] as const;
  type Condition = (typeof conditions)[number];
  const sizes = { small: body, large: largeBody, huge: hugeBody };

  /** A call to a service in some condition. One that hangs takes all the time that it is given. */
  function inCondition<Args extends readonly unknown[], Result>(
    condition: Condition,
    { clock }: IngestWorld,
    effect: (...args: Args) => Promise<Result>,
    withinMs: (...args: Args) => number | undefined,
  ) {
    return async (...args: Args): Promise<Result> => {
      if (condition === 'up') return effect(...args);
      if (condition === 'hangs') clock.advance(withinMs(...args) ?? Number.POSITIVE_INFINITY);
      return unavailable();
    };
  }

  const cases = conditions.flatMap((secrets) =>
    conditions.flatMap((sqs) => conditions.map((s3) => ({ secrets, sqs, s3 }))),
  );

  test.each(cases)('secrets $secrets, SQS $sqs, S3 $s3: stored when it can be, and in time', async (conditionOf) => {
    for (const [size, sent] of Object.entries(sizes)) {
      const world = ingestWorld();
      const { payloads, parked } = world;
      const ports: AcceptPorts = {
        ...world.ports,
        secrets: inCondition(conditionOf.secrets, world, world.ports.secrets, (_arn, options) => options?.withinMs),
        send: inCondition(conditionOf.sqs, world, world.queue.send, (_url, _message, options) => options?.withinMs),
        payloads: {
          ...payloads,
          put: inCondition(conditionOf.s3, world, payloads.put, (_key, _bytes, _type, withinMs) => withinMs),
        },
        parked: { put: inCondition(conditionOf.s3, world, parked.put, (_key, _text, withinMs) => withinMs) },
      };
      const canBeStored = size === 'huge' ? conditionOf.s3 === 'up' : [conditionOf.s3, conditionOf.sqs].includes('up');
      const stored = conditionOf.secrets === 'up' && canBeStored;
      expect(await acceptWebhook(signed(sent), ports)).toMatchObject({ kind: stored ? 'stored' : 'not-stored' });
      expect(world.queue.sent.length + parked.objects.size).toBe(stored ? 1 : 0);
      expect(world.clock.now() - startMs).toBeLessThanOrEqual(answerWithinMs);
    }
  });
});
