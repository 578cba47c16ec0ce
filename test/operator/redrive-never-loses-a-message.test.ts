import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findDeadLetters } from '../../lib/operator/dead-letters/find-dead-letters.ts';
import { executeRedrive, type RedriveTools } from '../../lib/operator/redrive/execute-redrive.ts';
import { planRedrive, type RedrivePlan } from '../../lib/operator/redrive/plan-redrive.ts';
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
    return planRedrive(deadLetters, emulated.location.routes, redrivenAtMs);
  };
  const tools = (changed: Partial<RedriveTools> = {}) => ({
    relay: emulated.relay,
    queues: emulated.relay.queues,
    now: () => redrivenAtMs,
    signal: new AbortController().signal,
    turn: async () => 'go' as const,
    onProgress: () => {},
    onOther: () => {},
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

  test('goes on with the trace that the webhook came in with', async () => {
    await sendDeadLetters(1);
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const sent: unknown[] = [];
    const queues: RedriveTools['queues'] = {
      ...emulated.relay.queues,
      receive: async (url, times) =>
        (await emulated.relay.queues.receive(url, times)).map((message) => ({ ...message, traceHeader })),
      send: async (_url, message) => `message-${sent.push(message)}`,
    };

    await executeRedrive(await plan(), tools({ queues }));

    expect(sent).toEqual([expect.objectContaining({ traceHeader })]);
  });

  test('a send that fails leaves the message in the dead letter queue, receivable at once', async () => {
    const [broken] = await sendDeadLetters(3);
    let sends = 0;
    const send: RedriveTools['queues']['send'] = async (url, message) => {
      sends++;
      if (sends === 1) throw new Error('SQS fell over');
      return await emulated.relay.queues.send(url, message);
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

  test('deletes only what it has sent, each after its own send', async () => {
    await sendDeadLetters(2);
    const sent: string[] = [];
    const deletedAfter: number[] = [];
    const { queues } = emulated.relay;
    const spied: RedriveTools['queues'] = {
      ...queues,
      send: async (url, message) => {
        const messageId = await queues.send(url, message);
        sent.push(message.body);
        return messageId;
      },
      delete: async (url, handle) => {
        deletedAfter.push(sent.length);
        await queues.delete(url, handle);
      },
    };

    // One at a time: the next turn comes when the message before is done.
    const turn: RedriveTools['turn'] = async (_route, atHand) => {
      await atHand();
      return 'go';
    };
    await executeRedrive(await plan(), tools({ queues: spied, turn }));

    expect(deletedAfter).toEqual([1, 2]);
  });

  test('several are under way at once, ten at most', async () => {
    await sendDeadLetters(25);
    let atOnce = 0;
    let most = 0;
    const send: RedriveTools['queues']['send'] = async (url, message) => {
      most = Math.max(most, ++atOnce);
      return await emulated.relay.queues.send(url, message).finally(() => atOnce--);
    };

    const messages = await executeRedrive(await plan(), tools({ queues: { ...emulated.relay.queues, send } }));

    expect(messages.filter(({ outcome }) => outcome.kind === 'redriven')).toHaveLength(25);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(10);
  });

  test('a message whose turn comes too late is not sent on a handle that may have run out, but on a new one', async () => {
    await sendDeadLetters(1);
    let nowMs = 0;
    const turns: number[] = [];
    const turn: RedriveTools['turn'] = async () => {
      turns.push(nowMs);
      // SQS has hidden the message for 60 s; the first turn is 50 s in coming.
      if (turns.length === 1) nowMs += 50_000;
      return 'go';
    };

    const messages = await executeRedrive(await plan(), tools({ turn, now: () => nowMs }));

    expect(turns).toEqual([0, 50_000]);
    expect(messages).toEqual([expect.objectContaining({ outcome: { kind: 'redriven' } })]);
    expect(await emulated.drain(queueUrl)).toHaveLength(1);
  });

  test('a slow rate loses no turn to messages that cannot be sent any more', async () => {
    await sendDeadLetters(10);
    let nowMs = 0;
    let turns = 0;
    const turn: RedriveTools['turn'] = async () => {
      if (turns++ > 0) nowMs += 10_000;
      return 'go';
    };

    const messages = await executeRedrive(await plan(), tools({ turn, now: () => nowMs }));

    expect(messages.filter(({ outcome }) => outcome.kind === 'redriven')).toHaveLength(10);
    // One of each batch finds out that it is too late.
    expect(turns).toBeLessThanOrEqual(12);
  });

  test('a message that another reader holds for a while is waited for, and none that is gone', async () => {
    await sendDeadLetters(3);
    const planned = await plan();
    const looked = await emulated.relay.queues.receive(deadLetterQueueUrl, { visibilitySeconds: 60, waitSeconds: 0 });
    let receives = 0;
    const receive: RedriveTools['queues']['receive'] = async (url, times) => {
      if (++receives === 5) {
        const handles = looked.map(({ receiptHandle }) => receiptHandle);
        await emulated.relay.queues.giveBack(deadLetterQueueUrl, handles);
      }
      return await emulated.relay.queues.receive(url, times);
    };

    const messages = await executeRedrive(planned, tools({ queues: { ...emulated.relay.queues, receive } }));

    expect(messages.map(({ outcome }) => outcome.kind)).toEqual(['redriven', 'redriven', 'redriven']);
    receives = 0;
    await executeRedrive(planned, tools({ queues: { ...emulated.relay.queues, receive } }));
    expect(receives).toBe(2);
  });

  test('a stop leaves the rest of all routes where it is', async () => {
    await sendDeadLetters(5);
    await emulated.sendTo(emulated.other.deadLetterQueueUrl, rejectedMessage(newEventId()));
    let turns = 0;
    const turn: RedriveTools['turn'] = async () => (++turns > 2 ? 'stop' : 'go');

    const messages = await executeRedrive(await plan(), tools({ turn }));

    expect(messages.map(({ outcome }) => outcome.kind).toSorted()).toEqual([
      ...Array(4).fill('not-reached'),
      'redriven',
      'redriven',
    ]);
    expect(await emulated.drain(deadLetterQueueUrl)).toHaveLength(3);
    expect(await emulated.drain(emulated.other.deadLetterQueueUrl)).toHaveLength(1);
  });

  test('what is seen beside the plan is told', async () => {
    const [chosen = ''] = await sendDeadLetters(1);
    const others: string[] = [];
    const planned = await plan([chosen]);
    const later = await sendDeadLetters(2);
    // The first look finds the two others only.
    const first = await emulated.relay.queues.receive(deadLetterQueueUrl, { visibilitySeconds: 60, waitSeconds: 0 });
    const receives = [first];
    const receive: RedriveTools['queues']['receive'] = async (url, times) =>
      receives.shift() ?? (await emulated.relay.queues.receive(url, times));

    await executeRedrive(
      planned,
      tools({
        queues: { ...emulated.relay.queues, receive },
        onOther: (_route, { messageId }) => others.push(messageId),
      }),
    );

    expect(others.toSorted()).toEqual(later.toSorted());
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

  test('what somebody else holds for long is missing in the end, although other messages keep coming round', async () => {
    const [gone = ''] = await sendDeadLetters(1);
    const planned = await plan([gone]);
    await emulated.relay.queues.receive(deadLetterQueueUrl, { visibilitySeconds: 3_600, waitSeconds: 0 });
    await sendDeadLetters(2);
    let receives = 0;
    let handles: readonly string[] = [];
    const receive: RedriveTools['queues']['receive'] = async (url, times) => {
      // Ours are visible again after a minute: here after ten waits.
      if (++receives % 10 === 0) await emulated.relay.queues.giveBack(url, handles);
      if (receives > 200) throw new Error('it never ends');
      const messages = await emulated.relay.queues.receive(url, times);
      if (messages.length > 0) handles = messages.map(({ receiptHandle }) => receiptHandle);
      return messages;
    };

    const messages = await executeRedrive(planned, tools({ queues: { ...emulated.relay.queues, receive } }));

    expect(messages).toEqual([expect.objectContaining({ outcome: { kind: 'missing' } })]);
  });

  test('an interruption ends after the messages at hand, and gives back the rest', async () => {
    await sendDeadLetters(5);
    const interruption = new AbortController();
    const reported: string[] = [];

    const messages = await executeRedrive(
      await plan(),
      tools({
        signal: interruption.signal,
        turn: async (_route, atHand) => {
          await atHand();
          return 'go';
        },
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
