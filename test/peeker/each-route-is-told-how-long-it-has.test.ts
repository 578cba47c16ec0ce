import { expect, test } from '@jest/globals';
import type { Step } from '../../lambdas/contract/step-log.ts';
import { type LookPorts, lookAtDeadLetters } from '../../lambdas/peeker/look-at-dead-letters.ts';
import { unavailable } from '../support/fail-calls.ts';
import { startMs } from '../support/settable-clock.ts';

const hourMs = 3_600_000;
const retentionMs = 14 * 24 * hourMs;

/** Dead letter queues whose only message is so many hours old; undefined for an empty one. */
function lookAt(hoursOld: Readonly<Record<string, number | undefined | 'down'>>) {
  const steps: Step[] = [];
  const taken = new Set<string>();
  const ports: LookPorts = {
    queues: Object.fromEntries(Object.keys(hoursOld).map((route) => [route, `dlq-of-${route}`])),
    retentionMs,
    isEmpty: async (queueUrl) => {
      const age = hoursOld[queueUrl.slice('dlq-of-'.length)];
      return age === 'down' ? await unavailable() : age === undefined;
    },
    take: async (queueUrl) => {
      const age = hoursOld[queueUrl.slice('dlq-of-'.length)];
      if (typeof age !== 'number' || taken.has(queueUrl)) return [];
      taken.add(queueUrl);
      return [{ messageId: 'm', receiptHandle: 'r', sentAtMs: startMs - age * hourMs }];
    },
    giveBack: async () => {},
    now: () => startMs,
    log: (step) => steps.push(step),
  };
  return { done: lookAtDeadLetters(ports), steps };
}

test('the hours until SQS deletes the oldest dead letter are published of each route that has one', async () => {
  const { done, steps } = lookAt({ orders: 24, quiet: undefined, telemetry: 300.5 });
  await done;
  expect(steps).toEqual([
    { step: 'peeked', route: 'orders', hoursLeft: 312, seen: 1, complete: true },
    { step: 'peeked', route: 'telemetry', hoursLeft: 35.5, seen: 1, complete: true },
  ]);
});

test('a dead letter that SQS should have deleted by now has no time left, and not less than none', async () => {
  const { done, steps } = lookAt({ orders: 337 });
  await done;
  expect(steps).toEqual([{ step: 'peeked', route: 'orders', hoursLeft: 0, seen: 1, complete: true }]);
});

test('a queue that cannot be looked at keeps no other from it, and fails the run', async () => {
  const { done, steps } = lookAt({ broken: 'down', orders: 24 });
  await expect(done).rejects.toThrow('could not look at the dead letters of broken');
  expect(steps).toEqual([
    {
      step: 'fault',
      route: 'broken',
      during: 'looking at the dead letters',
      error: expect.stringContaining('the service is down'),
    },
    expect.objectContaining({ step: 'peeked', route: 'orders' }),
  ]);
});
