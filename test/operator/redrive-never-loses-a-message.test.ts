import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { executeRedrive, type RedriveTools } from '../../lib/operator/dead-letters/execute-redrive.ts';
import { findDeadLetters } from '../../lib/operator/dead-letters/find-dead-letters.ts';
import { planRedrive, type RedrivePlan } from '../../lib/operator/dead-letters/plan-redrive.ts';
import { lostEvent, rejectedMessage, webhookMessage } from './dead-letter-messages.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';

const redrivenAtMs = 1_800_000_000_000;

describe('redriving', () => {
  let emulated: EmulatedRelay;
  let queueUrl: string;
  let deadLetterQueueUrl: string;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
    ({ queueUrl, deadLetterQueueUrl } = emulated.main);
  });
  beforeEach(() => emulated.reset());
  afterAll(() => emulated.stop());

  const plan = async (ids: readonly string[] = []): Promise<RedrivePlan> => {
    const { deadLetters } = await findDeadLetters({ ids }, tools());
    return planRedrive(deadLetters, emulated.location.routes);
  };
  const tools = (changed: Partial<RedriveTools> = {}) => ({
    relay: emulated.relay,
    queues: emulated.relay.queues,
    now: () => redrivenAtMs,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...changed,
  });
  const sendDeadLetters = async (count: number): Promise<readonly string[]> => {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) {
      ids.push(await emulated.sendTo(deadLetterQueueUrl, rejectedMessage(newEventId())));
    }
    return ids;
  };

  test('sends the same body and attributes, without what made it a dead letter, with the time of the redrive', async () => {
    const eventId = newEventId();
    const extra = { RedrivenAt: { type: 'Number', value: '1' } } as const;
    await emulated.sendTo(deadLetterQueueUrl, rejectedMessage(eventId, extra));

    const messages = await executeRedrive(await plan(), tools());

    expect(messages).toEqual([expect.objectContaining({ eventId, outcome: { kind: 'redriven' } })]);
    const { body, attributes } = webhookMessage(eventId);
    expect(await emulated.drain(queueUrl)).toEqual([
      { body, attributes: { ...attributes, RedrivenAt: { type: 'Number', value: String(redrivenAtMs) } } },
    ]);
    expect(await emulated.drain(deadLetterQueueUrl)).toEqual([]);
  });

  test('takes off an event of a bus what EventBridge wrote on it, so that it is as it was meant to come', async () => {
    await emulated.sendTo(deadLetterQueueUrl, lostEvent);

    await executeRedrive(await plan(), tools());

    expect(await emulated.drain(queueUrl)).toEqual([
      { body: lostEvent.body, attributes: { RedrivenAt: { type: 'Number', value: String(redrivenAtMs) } } },
    ]);
  });

  test("keeps what others added to a message, also of types that the relay doesn't write", async () => {
    const attributes = {
      Note: { type: 'String.comment', value: 'mended' },
      Blob: { type: 'Binary', value: Uint8Array.of(0, 255) },
    };
    await emulated.sendTo(deadLetterQueueUrl, { body: 'hello', attributes });

    await executeRedrive(await plan(), tools());

    expect(await emulated.drain(queueUrl)).toEqual([
      { body: 'hello', attributes: expect.objectContaining(attributes) },
    ]);
  });

  test('a send that fails leaves the message in the dead letter queue, receivable at once', async () => {
    const [broken] = await sendDeadLetters(3);
    let sends = 0;
    const send: RedriveTools['queues']['send'] = async (url, message) => {
      sends++;
      if (sends === 1) throw new Error('SQS fell over');
      await emulated.relay.queues.send(url, message);
    };

    const messages = await executeRedrive(await plan(), tools({ queues: { ...emulated.relay.queues, send } }));

    const failed = messages.filter(({ outcome }) => outcome.kind !== 'redriven');
    expect(failed).toEqual([
      expect.objectContaining({ messageId: broken, outcome: { kind: 'failed', error: 'SQS fell over' } }),
    ]);
    expect(await emulated.drain(queueUrl)).toHaveLength(2);
    expect(await emulated.drain(deadLetterQueueUrl)).toHaveLength(1);
  });

  test('a delete that fails leaves a copy on both queues, and says so', async () => {
    await sendDeadLetters(1);
    const deleteMessage = async () => {
      throw new Error('SQS fell over');
    };

    const messages = await executeRedrive(
      await plan(),
      tools({ queues: { ...emulated.relay.queues, delete: deleteMessage } }),
    );

    expect(messages).toEqual([
      expect.objectContaining({
        outcome: {
          kind: 'failed',
          error: expect.stringContaining('sent, but a copy is left in the dead letter queue'),
        },
      }),
    ]);
    expect(await emulated.drain(queueUrl)).toHaveLength(1);
    expect(await emulated.drain(deadLetterQueueUrl)).toHaveLength(1);
  });

  test('deletes only what it has sent', async () => {
    await sendDeadLetters(2);
    const calls: string[] = [];
    const { queues } = emulated.relay;
    const spied: RedriveTools['queues'] = {
      ...queues,
      send: async (url, message) => {
        await queues.send(url, message);
        calls.push('sent');
      },
      delete: async (url, handle) => {
        calls.push('delete');
        await queues.delete(url, handle);
      },
    };

    await executeRedrive(await plan(), tools({ queues: spied }));

    expect(calls).toEqual(['sent', 'delete', 'sent', 'delete']);
  });

  test('a queue that cannot be read midway fails the rest, which stays where it was', async () => {
    await sendDeadLetters(12);
    const planned = await plan();
    let receives = 0;
    const receive: RedriveTools['queues']['receive'] = async (url, times) => {
      receives++;
      if (receives > 1) throw new Error('SQS fell over');
      return await emulated.relay.queues.receive(url, times);
    };

    const messages = await executeRedrive(planned, tools({ queues: { ...emulated.relay.queues, receive } }));

    expect(messages.filter(({ outcome }) => outcome.kind === 'redriven')).toHaveLength(10);
    expect(messages.filter(({ outcome }) => outcome.kind === 'failed')).toHaveLength(2);
    expect(await emulated.drain(deadLetterQueueUrl)).toHaveLength(2);
  });

  test('a message that vanished since the plan is reported', async () => {
    const [messageId] = await sendDeadLetters(1);
    const planned = await plan();
    await emulated.drain(deadLetterQueueUrl);

    expect(await executeRedrive(planned, tools())).toEqual([
      expect.objectContaining({ messageId, outcome: { kind: 'missing' } }),
    ]);
    expect(await emulated.drain(queueUrl)).toEqual([]);
  });

  test('what is not in the plan stays in the dead letter queue, receivable at once', async () => {
    const ids = await sendDeadLetters(25);
    const chosen = ids.slice(-2);

    const messages = await executeRedrive(await plan(chosen), tools());

    expect(new Set(messages.map(({ messageId }) => messageId))).toEqual(new Set(chosen));
    expect(await emulated.drain(queueUrl)).toHaveLength(2);
    expect(await emulated.drain(deadLetterQueueUrl)).toHaveLength(23);
  });

  test('an interruption ends after the message at hand, and gives back the rest', async () => {
    await sendDeadLetters(5);
    const interruption = new AbortController();
    const reported: string[] = [];

    const messages = await executeRedrive(
      await plan(),
      tools({
        signal: interruption.signal,
        onProgress: ({ outcome }) => {
          reported.push(outcome.kind);
          if (reported.length === 2) interruption.abort();
        },
      }),
    );

    expect(messages.map(({ outcome }) => outcome.kind)).toEqual(reported);
    expect(reported).toEqual(['redriven', 'redriven', 'not-reached', 'not-reached', 'not-reached']);
    expect(await emulated.drain(queueUrl)).toHaveLength(2);
    expect(await emulated.drain(deadLetterQueueUrl)).toHaveLength(3);
  });
});
