import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  findOldest,
  hiddenSeconds,
  lookSeconds,
  mostMessages,
  type PeekPorts,
} from '../../lambdas/peeker/find-oldest.ts';
import { unavailable } from '../support/fail-calls.ts';
import { type SettableClock, settableClock, startMs } from '../support/settable-clock.ts';
import { type SimulatedQueue, simulatedQueue } from '../support/simulated-sqs.ts';

const dayMs = 86_400_000;

interface World {
  readonly ports: PeekPorts;
  readonly queue: SimulatedQueue;
  readonly clock: SettableClock;
  readonly calls: { takes: number; givesBack: number };
}

/** A dead letter queue with a message of each of these ages, in this order. A call takes so many ms. */
function deadLettersOfAges(agesMs: readonly number[], { callMs = 0, changes = {} as Partial<PeekPorts> } = {}): World {
  const clock = settableClock();
  let sentAtMs = startMs;
  const queue = simulatedQueue({
    // While it is filled, a message is sent at the moment that its age says.
    now: () => (sentAtMs < startMs ? sentAtMs : clock.now()),
    visibilityTimeoutMs: hiddenSeconds * 1_000,
    retentionMs: 14 * dayMs,
    maxReceiveCount: Number.POSITIVE_INFINITY,
    onNativeRedrive: () => {},
    onExpired: () => {},
  });
  for (const ageMs of agesMs) {
    sentAtMs = startMs - ageMs;
    queue.send({ body: '{}', attributes: {} });
  }
  sentAtMs = startMs;
  const calls = { takes: 0, givesBack: 0 };
  const ports: PeekPorts = {
    isEmpty: async () => queue.messages.length === 0,
    take: async () => {
      calls.takes++;
      clock.advance(callMs);
      return queue.receive(10);
    },
    giveBack: async (_queueUrl, receiptHandles) => {
      calls.givesBack++;
      for (const receiptHandle of receiptHandles) queue.hide(receiptHandle, 0);
    },
    now: clock.now,
    ...changes,
  };
  return { ports, queue, clock, calls };
}

describe('a look at a dead letter queue', () => {
  test('finds the oldest message of all, wherever it stands, and leaves all of them visible', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 13 * dayMs }), { minLength: 1, maxLength: 60 }),
        async (ages) => {
          const { ports, queue } = deadLettersOfAges(ages);
          const oldest = await findOldest('dlq', ports);
          expect(oldest).toEqual({
            kind: 'found',
            sentAtMs: startMs - Math.max(...ages),
            seen: ages.length,
            complete: true,
          });
          expect(queue.visible()).toBe(ages.length);
        },
      ),
    );
  });

  test('takes nothing from a queue that says it is empty', async () => {
    const { ports, calls } = deadLettersOfAges([]);
    expect(await findOldest('dlq', ports)).toEqual({ kind: 'none' });
    expect(calls.takes).toBe(0);
  });

  test('sees nothing of what an operator has in his hands', async () => {
    const { ports, queue } = deadLettersOfAges([dayMs, 2 * dayMs]);
    queue.receive(10);
    expect(await findOldest('dlq', ports)).toEqual({ kind: 'none' });
  });

  test('does not take one empty answer for the end', async () => {
    const answers = [[], [{ messageId: 'm', receiptHandle: 'r', sentAtMs: 7 }], [], []];
    const { ports } = deadLettersOfAges([1], {
      changes: { take: async () => answers.shift() ?? [], giveBack: async () => {} },
    });
    expect(await findOldest('dlq', ports)).toMatchObject({ sentAtMs: 7, seen: 1, complete: true });
    expect(answers).toEqual([]);
  });

  test('ends before the first message would come round again, and says that there are more', async () => {
    const { ports, queue, clock } = deadLettersOfAges(Array(100).fill(dayMs), { callMs: 4_000 });
    expect(await findOldest('dlq', ports)).toMatchObject({ seen: 40, complete: false });
    expect(clock.now() - startMs).toBeLessThan(hiddenSeconds * 1_000);
    expect(queue.visible()).toBe(100);
    expect(lookSeconds).toBeLessThan(hiddenSeconds);
  });

  test('keeps to its bound in a queue without end, and says that there are more', async () => {
    let sent = 0;
    const endless = async () =>
      Array.from({ length: 10 }, () => ({ messageId: `m-${++sent}`, receiptHandle: 'r', sentAtMs: sent }));
    const { ports } = deadLettersOfAges([1], { changes: { take: endless, giveBack: async () => {} } });
    expect(await findOldest('dlq', ports)).toMatchObject({ sentAtMs: 1, seen: mostMessages, complete: false });
  });

  test('gives back what it took when SQS fails in between', async () => {
    const { ports, queue } = deadLettersOfAges(Array(15).fill(dayMs));
    let takes = 0;
    const take: PeekPorts['take'] = (...request) => (++takes === 2 ? unavailable() : ports.take(...request));
    await expect(findOldest('dlq', { ...ports, take })).rejects.toThrow('the service is down');
    expect(queue.visible()).toBe(15);
  });

  test('tells what it saw although it cannot be given back: that comes back by itself', async () => {
    const { ports, queue, clock } = deadLettersOfAges([dayMs], { changes: { giveBack: unavailable } });
    expect(await findOldest('dlq', ports)).toMatchObject({ sentAtMs: startMs - dayMs });
    clock.advance(hiddenSeconds * 1_000);
    expect(queue.visible()).toBe(1);
  });
});
