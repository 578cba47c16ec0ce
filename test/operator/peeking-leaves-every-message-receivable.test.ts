import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageQueues, ReceivedMessage } from '../../lib/operator/connection/message-queues.ts';
import { peekQueue } from '../../lib/operator/dead-letters/peek-queue.ts';
import { webhookMessage } from './dead-letter-messages.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';

const signal = new AbortController().signal;

describe('peeking at a queue', () => {
  let emulated: EmulatedRelay;
  let queueUrl: string;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
    queueUrl = emulated.main.deadLetterQueueUrl;
  });
  beforeEach(async () => {
    await emulated.reset();
    for (let index = 0; index < 13; index++) await emulated.sendTo(queueUrl, webhookMessage(newEventId()));
  });
  afterAll(() => emulated.stop());

  test('sees all messages, and leaves them receivable at once', async () => {
    const peek = await peekQueue(
      { queueUrl, keep: ({ messageId }) => messageId, signal },
      { queues: emulated.relay.queues, now: Date.now },
    );

    expect(new Set(peek.kept).size).toBe(13);
    expect(peek.complete).toBe(true);
    expect(await emulated.drain(queueUrl)).toHaveLength(13);
  });

  test('leaves them receivable when the look at one of them fails', async () => {
    const keep = () => {
      throw new Error('cannot read this one');
    };

    await expect(
      peekQueue({ queueUrl, keep, signal }, { queues: emulated.relay.queues, now: Date.now }),
    ).rejects.toThrow('cannot read this one');

    expect(await emulated.drain(queueUrl)).toHaveLength(13);
  });

  test('leaves them receivable when SQS fails after the first batch', async () => {
    const queues: MessageQueues = { ...emulated.relay.queues, receive: failsOnCall(2, emulated.relay.queues.receive) };

    await expect(peekQueue({ queueUrl, keep: () => 1, signal }, { queues, now: Date.now })).rejects.toThrow('SQS fell');

    expect(await emulated.drain(queueUrl)).toHaveLength(13);
  });

  test('leaves them receivable when the operator interrupts', async () => {
    const interruption = new AbortController();
    const keep = () => interruption.abort(new Error('interrupted'));

    await expect(
      peekQueue({ queueUrl, keep, signal: interruption.signal }, { queues: emulated.relay.queues, now: Date.now }),
    ).rejects.toThrow('interrupted');

    expect(await emulated.drain(queueUrl)).toHaveLength(13);
  });

  test('says so when time is up before the queue is empty', async () => {
    // Each look at the clock takes 20 s, so that the second batch would be begun after the time for all.
    let nowMs = 0;
    const now = () => {
      nowMs += 20_000;
      return nowMs;
    };

    const peek = await peekQueue({ queueUrl, keep: () => 1, signal }, { queues: emulated.relay.queues, now });

    expect(peek).toEqual({ kept: Array(10).fill(1), complete: false });
    expect(await emulated.drain(queueUrl)).toHaveLength(13);
  });

  test('one empty answer is not the end, and a message returned twice is one message', async () => {
    const answers: (readonly ReceivedMessage[])[] = [
      [],
      [received('a', 'old handle')],
      [received('a', 'new handle'), received('b', 'handle')],
      [],
      [],
    ];
    const givenBack: string[] = [];
    const queues: Pick<MessageQueues, 'receive' | 'giveBack'> = {
      receive: async () => answers.shift() ?? [],
      giveBack: async (_, handles) => {
        givenBack.push(...handles);
      },
    };

    const peek = await peekQueue(
      { queueUrl: 'any', keep: ({ messageId }) => messageId, signal },
      { queues, now: () => 0 },
    );

    expect(peek.kept).toEqual(['a', 'b']);
    // SQS honours the latest handle of a message.
    expect(givenBack).toEqual(['new handle', 'handle']);
    expect(answers).toEqual([]);
  });

  test('a failure to give back does not take away what was seen: the messages come back by themselves', async () => {
    const giveBack = async () => {
      throw new Error('SQS fell over');
    };

    const peek = await peekQueue(
      { queueUrl, keep: () => 1, signal },
      { queues: { ...emulated.relay.queues, giveBack }, now: Date.now },
    );

    expect(peek.kept).toHaveLength(13);
  });
});

function received(messageId: string, receiptHandle: string): ReceivedMessage {
  return { messageId, receiptHandle, sentAtMs: 0, body: '{}', attributes: {} };
}

function failsOnCall(number: number, receive: MessageQueues['receive']): MessageQueues['receive'] {
  let calls = 0;
  return async (queueUrl, times) => {
    calls++;
    if (calls === number) throw new Error('SQS fell over');
    return await receive(queueUrl, times);
  };
}
