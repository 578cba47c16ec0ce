import { describe, expect, test } from '@jest/globals';
import { number, text } from '../../lambdas/contract/message-attributes.ts';
import { writePointer } from '../../lambdas/contract/payload-pointer.ts';
import type { DestinationAnswer } from '../../lambdas/contract/ports.ts';
import type { Step } from '../../lambdas/contract/step-log.ts';
import { type AcceptPorts, acceptWebhook } from '../../lambdas/ingest/accept-webhook.ts';
import { deliver } from '../../lambdas/processor/deliver.ts';
import type { ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import { unavailable } from '../support/fail-calls.ts';
import { ingestWorld, unsignedRoute } from '../support/ingest-world.ts';
import { freePass, functionTimeoutMs, processorWorld, settings } from '../support/processor-world.ts';
import { answered } from '../support/scripted-destination.ts';
import { secret, signatureOf, signed } from '../support/signed-request.ts';
import { drainQueue } from '../support/simulated-queue.ts';
import { receivedMessage, route } from '../support/sqs-record.ts';

const content = 'the-private-words-of-a-customer';
const body = `{"id":"m","type":"Text","text":"${content}","channel":{"id":"c"}}`;
const credential = 'credential-of-the-destination';
const wrongSignature = signatureOf('another body');

/** Whatever must not be found in a log, in every form that it could take there. */
const unspeakable = [content, body, secret, signatureOf(body), wrongSignature, credential].flatMap((value) => [
  value,
  Buffer.from(value).toString('base64').replace(/=*$/, '').slice(0, -1),
  Buffer.from(value).toString('hex'),
  value.replace('sha256=', ''),
]);

function expectSilent(steps: readonly Step[]): void {
  expect(steps).not.toEqual([]);
  const log = steps.map((step) => JSON.stringify(step)).join('\n');
  for (const value of unspeakable) expect(log).not.toContain(value);
}

describe('what the ingest function logs', () => {
  const large = body.replace(content, `${content}${' '.repeat(5_000)}`);
  const down: Partial<AcceptPorts> = { payloads: { bucket: 'b', put: unavailable, get: unavailable } };
  test.each([
    ['stored webhook', signed(body), {}],
    ['offloaded webhook', signed(large), {}],
    ['webhook that the queue does not take', signed(body), { send: unavailable }],
    ['webhook that the bucket does not take', signed(large), down],
    ['webhook whose secret cannot be read', signed(body), { secrets: unavailable }],
    ['wrong signature', signed(body, { headers: { 'x-hub-signature-256': wrongSignature } }), {}],
    ['malformed signature', signed(body, { headers: { 'x-hub-signature-256': `${wrongSignature}, ${secret}` } }), {}],
    ['missing signature', signed(body, { headers: { authorization: credential } }), {}],
    ['route that spells a secret', signed(body, { route: content }), {}],
    ['unsigned webhook', signed(body, { route: unsignedRoute }), {}],
  ])('of a %s holds nothing of it', async (_case, request, changes) => {
    const world = ingestWorld(changes);
    await acceptWebhook(request, world.ports);
    expectSilent(world.steps);
  });
});

describe('what the processor logs', () => {
  const attributes = { ...receivedMessage().attributes, Signature: text(signatureOf(body)) };
  const message = receivedMessage({ body, attributes });
  const pointer = writePointer({ bucket: 'payload-bucket', key: `payloads/${route}/5d1a7a3e` });
  const talkative = (status: number): DestinationAnswer => ({
    ...answered(status, { 'x-echo': body, 'set-cookie': credential }),
    ...(status < 300 ? {} : { excerpt: `no: ${body}` }),
  });

  test.each<[string, DestinationAnswer[]]>([
    ['delivery', [talkative(200)]],
    ['retried delivery', [talkative(500), { kind: 'timed-out', afterMs: 10_000 }, talkative(200)]],
    ['rejected delivery', [talkative(400)]],
    ['delivery that pauses the route', [talkative(401), talkative(200)]],
    ['delivery without an end', [{ kind: 'unreachable', code: 'ECONNRESET' }]],
  ])('of a %s, and of its duplicate, holds nothing of it', async (_case, script) => {
    const world = processorWorld(script, { settings: { ...settings, headers: { authorization: credential } } });
    await drainQueue(world, [message, { ...message, messageId: 'copy', receiptHandle: 'copy' }]);
    expectSilent(world.steps);
  });

  test.each<[string, Partial<typeof message>]>([
    [
      'foreign pointer',
      {
        body: pointer.replace('payload-bucket', content),
        attributes: { ...attributes, ExtendedPayloadSize: number(9) },
      },
    ],
    ['pointer to nothing', { body: pointer, attributes: { ...attributes, ExtendedPayloadSize: number(9) } }],
    ['broken pointer', { attributes: { ...attributes, ExtendedPayloadSize: number(9) } }],
    ['broken encoding', { attributes: { ...attributes, BodyEncoding: text('base64') } }],
    ['malformed attribute', { attributes: { ...attributes, ReceivedAt: text(content) } }],
  ])('of a poison message with a %s holds nothing of it', async (_case, changes) => {
    const world = processorWorld();
    await drainQueue(world, [{ ...message, ...changes }]);
    expect(world.steps).toMatchObject([{ step: 'dead-letter' }]);
    expectSilent(world.steps);
  });

  const { records, payloads } = processorWorld();
  test.each<[string, Partial<ProcessorContext>]>([
    ['claim', { records: { ...records, claim: unavailable } }],
    ['record of a delivery', { records: { ...records, recordDelivered: unavailable } }],
    ['payload', { payloads: { ...payloads, get: unavailable } }],
  ])('of a fault of the %s holds nothing of the webhook', async (_case, changes) => {
    const world = processorWorld([answered(200)], changes);
    const offloaded = { ...message, body: pointer, attributes: { ...attributes, ExtendedPayloadSize: number(9) } };
    const faulty = 'payloads' in changes ? offloaded : message;
    await deliver(world.context, faulty, freePass, world.clock.now() + functionTimeoutMs);
    expect(world.steps).toMatchObject([{ step: 'fault' }, {}].slice(0, world.steps.length));
    expectSilent(world.steps);
  });
});
