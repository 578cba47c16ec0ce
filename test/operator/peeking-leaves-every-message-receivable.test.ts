import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageQueues, ReceivedMessage } from '../../lib/operator/connection/message-queues.ts';
import { type PeekRequest, type PeekTools, peekQueue } from '../../lib/operator/dead-letters/peek-queue.ts';
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
    const peek = await peekAll({ queueUrl, signal }, { queues: emulated.relay.queues, now: Date.now });

    expect(new Set(peek.seen).size).toBe(13);
    expect(peek.complete).toBe(true);
    expect(await emulated.drain(queueUrl)).toHaveLength(13);
  });

  test('leaves them receivable when the look at one of them fails', async () => {
    const visit = () => {
      throw new Error('cannot read this one');
    };

    await expect(
      peekQueue({ queueUrl, expected: 13, visit, signal }, { queues: emulated.relay.queues, now: Date.now }),
    ).rejects.toThrow('cannot read this one');

    expect(await emulated.drain(queueUrl)).toHaveLength(13);
  });

  test('leaves them receivable when SQS fails after the first batch', async () => {
    const queues: MessageQueues = { ...emulated.relay.queues, receive: failsOnCall(2, emulated.relay.queues.receive) };

    await expect(peekAll({ queueUrl, signal }, { queues, now: Date.now })).rejects.toThrow('SQS fell');

    expect(await emulated.drain(queueUrl)).toHaveLength(13);
  });

  test('leaves them receivable when the operator interrupts', async () => {
    const interruption = new AbortController();
    const visit = () => interruption.abort(new Error('interrupted'));

    await expect(
      peekQueue(
        { queueUrl, expected: 13, visit, signal: interruption.signal },
        { queues: emulated.relay.queues, now: Date.now },
      ),
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

    const peek = await peekAll({ queueUrl, signal }, { queues: emulated.relay.queues, now });

    expect(peek).toEqual({ seen: Array(10).fill(expect.any(String)), complete: false });
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

    const peek = await peekAll({ queueUrl: 'any', signal }, { queues, now: () => 0 });

    expect(peek.seen).toEqual(['a', 'b']);
    // SQS honours the latest handle of a message.
    expect(givenBack).toEqual(['new handle', 'handle']);
    expect(answers).toEqual([]);
  });

  test('a long queue is read by several readers, each message by one of them, and held for as long as that takes', async () => {
    const holds = new Set<number>();
    let atOnce = 0;
    let most = 0;
    const receive: MessageQueues['receive'] = async (url, times) => {
      holds.add(times.visibilitySeconds);
      most = Math.max(most, ++atOnce);
      return await emulated.relay.queues.receive(url, times).finally(() => atOnce--);
    };

    const peek = await peekAll(
      { queueUrl, signal, expected: 10_000 },
      { queues: { ...emulated.relay.queues, receive }, now: Date.now },
    );

    expect(peek.seen.toSorted()).toEqual([...new Set(peek.seen)].toSorted());
    expect(peek.seen).toHaveLength(13);
    expect(most).toBe(8);
    // 100 messages a second at the least, after the half minute that a short queue is held for.
    expect([...holds]).toEqual([130]);
    expect(await emulated.drain(queueUrl)).toHaveLength(13);
  });

  test('when one of several readers fails, what the others hold is given back, too', async () => {
    const queues: MessageQueues = { ...emulated.relay.queues, receive: failsOnCall(2, emulated.relay.queues.receive) };

    await expect(peekAll({ queueUrl, signal, expected: 10_000 }, { queues, now: Date.now })).rejects.toThrow(
      'SQS fell',
    );

    expect(await emulated.drain(queueUrl)).toHaveLength(13);
  });

  test('a failure to give back does not take away what was seen: the messages come back by themselves', async () => {
    const giveBack = async () => {
      throw new Error('SQS fell over');
    };

    const peek = await peekAll({ queueUrl, signal }, { queues: { ...emulated.relay.queues, giveBack }, now: Date.now });

    expect(peek.seen).toHaveLength(13);
  });
});

async function peekAll(request: Omit<PeekRequest, 'visit' | 'expected'> & { expected?: number }, tools: PeekTools) {
  const seen: string[] = [];
  const visit = (messages: readonly ReceivedMessage[]) => {
    seen.push(...messages.map(({ messageId }) => messageId));
  };
  return { ...(await peekQueue({ expected: 13, ...request, visit }, tools)), seen };
}

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
