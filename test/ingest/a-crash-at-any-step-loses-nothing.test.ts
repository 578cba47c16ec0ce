import { describe, expect, test } from '@jest/globals';
import { parseAttributes } from '../../lambdas/contract/message-attributes.ts';
import { messageEventId } from '../../lambdas/contract/message-event-id.ts';
import { readSpilled } from '../../lambdas/contract/parked-message.ts';
import { readPointer } from '../../lambdas/contract/payload-pointer.ts';
import type { QueueMessage } from '../../lambdas/contract/ports.ts';
import { acceptWebhook } from '../../lambdas/ingest/accept-webhook.ts';
import { type CrashPoint, crashingCalls } from '../support/crashing-calls.ts';
import { unavailable } from '../support/fail-calls.ts';
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts';
import { signed } from '../support/signed-request.ts';

type Call = 'secrets' | 'offload' | 'send' | 'spill';

const steps: Readonly<Record<Call, string>> = {
  secrets: 'reading the secret',
  offload: 'offloading the payload',
  send: 'sending the message',
  spill: 'spilling the message',
};

function cases(...calls: Call[]) {
  return calls.flatMap((call) => (['before', 'after'] as const).map((when) => ({ call, when, step: steps[call] })));
}

/** Large, so that it takes every step there is. */
const webhook = signed(`{"id":"m","type":"Text","text":"${'x'.repeat(5_000)}","channel":{"id":"c"}}`);

/** Takes the webhook, dying at the point; then the sender, who has had no answer, repeats it. */
async function receiveAndCrash(world: IngestWorld, send: IngestWorld['queue']['send'], point: CrashPoint<Call>) {
  const { mortal, invoke } = crashingCalls(point);
  const { payloads, parked, ports } = world;
  let ids = 0;
  const mortalPorts = {
    ...ports,
    newId: () => `id-${++ids}`,
    secrets: mortal('secrets', ports.secrets),
    payloads: { ...payloads, put: mortal('offload', payloads.put) },
    send: mortal('send', send),
    parked: { put: mortal('spill', parked.put) },
  };
  const first = await invoke(() => acceptWebhook(webhook, mortalPorts));
  const atCrash = messagesStored(world);
  return { first, atCrash, again: await acceptWebhook(webhook, mortalPorts), after: messagesStored(world) };
}

function messagesStored({ queue, parked }: IngestWorld): QueueMessage[] {
  const spilled = [...parked.objects.values()].map((text) => readSpilled(text)?.message);
  return [...queue.sent.map(({ message }) => message), ...spilled].filter((message) => message !== undefined);
}

function expectOneEventWithItsPayload(messages: readonly QueueMessage[], { payloads }: IngestWorld): void {
  for (const { body, attributes } of messages) {
    const parsed = parseAttributes(attributes);
    expect(parsed.kind === 'parsed' && messageEventId(body, parsed.known)).toBe('c:Text:m');
    expect(payloads.objects.get(readPointer(body)?.key ?? '')).toEqual(new Uint8Array(webhook.body));
  }
}

describe('a webhook that its queue takes is on it when it is repeated, though the function died', () => {
  test.each(cases('secrets', 'offload', 'send'))('just $when $step', async ({ call, when }) => {
    const world = ingestWorld();
    const { first, atCrash, again, after } = await receiveAndCrash(world, world.queue.send, { call, when });
    expect(first).toBe('crashed');
    const sent = call === 'send' && when === 'after';
    expect(atCrash).toHaveLength(sent ? 1 : 0);
    expect(again).toEqual({ kind: 'stored', eventId: 'c:Text:m' });
    expect(after).toHaveLength(sent ? 2 : 1);
    expectOneEventWithItsPayload(after, world);
  });
});

describe('a webhook that its queue does not take is spilled when it is repeated, though the function died', () => {
  test.each(cases('offload', 'spill'))('just $when $step', async ({ call, when }) => {
    const world = ingestWorld();
    const { first, atCrash, again, after } = await receiveAndCrash(world, unavailable, { call, when });
    expect(first).toBe('crashed');
    const spilled = call === 'spill' && when === 'after';
    expect(atCrash).toHaveLength(spilled ? 1 : 0);
    expect(again).toEqual({ kind: 'stored', eventId: 'c:Text:m' });
    expect(after).toHaveLength(spilled ? 2 : 1);
    expectOneEventWithItsPayload(after, world);
  });
});

test('a webhook that its queue took without saying so is there twice, as one event', async () => {
  const world = ingestWorld();
  const ports = {
    ...world.ports,
    send: async (...send: Parameters<typeof world.queue.send>) => {
      await world.queue.send(...send);
      await unavailable();
    },
  };
  expect(await acceptWebhook(webhook, ports)).toEqual({ kind: 'stored', eventId: 'c:Text:m' });
  const stored = messagesStored(world);
  expect(stored).toHaveLength(2);
  expectOneEventWithItsPayload(stored, world);
});
