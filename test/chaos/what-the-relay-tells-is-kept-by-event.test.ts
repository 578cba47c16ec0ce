import { expect, test } from '@jest/globals';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { killProcessors } from '../../lib/chaos/kill-processors.ts';
import { watchRelay } from '../../lib/chaos/watch-relay.ts';

const route = 'chat';
const time = (ms: number) => new Date(ms).toISOString();

function batchOf(eventId: string, receiveCount = 1): SQSEvent {
  const attributes: SQSRecord['attributes'] = {
    ApproximateReceiveCount: String(receiveCount),
    SentTimestamp: '0',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '0',
  };
  const messageAttributes: SQSRecord['messageAttributes'] = { EventId: { dataType: 'String', stringValue: eventId } };
  const source = { eventSource: 'aws:sqs', eventSourceARN: 'arn', awsRegion: 'us-east-1', md5OfBody: '' };
  return { Records: [{ messageId: 'm', receiptHandle: 'r', body: '', attributes, messageAttributes, ...source }] };
}

test('outcomes of attempts, of failed trials too, and nothing else', () => {
  const watch = watchRelay(() => 0);
  watch.onStep({ step: 'accepted', route, eventId: 'e', time: time(0) });
  watch.onStep({ step: 'retrying', route, eventId: 'e', time: time(1), error: 'HTTP 503' });
  watch.onStep({ step: 'fault', route, eventId: 'e', time: time(2), during: 'claiming the event', error: 'no' });
  watch.onStep({ step: 'fault', route, eventId: 'e', time: time(3), during: 'attempting the delivery', error: 'no' });
  watch.onStep({ step: 'trial', route, eventId: 'e', time: time(4), outcome: 'failed', error: 'HTTP 500' });
  watch.onStep({ step: 'trial', route, eventId: 'e', time: time(5), outcome: 'answered' });
  watch.onStep({ step: 'delivered', route, eventId: 'other', time: time(6) });
  expect(watch.evidenceOf('e').outcomes).toEqual([
    { atMs: 1, kind: 'retrying', error: 'HTTP 503' },
    { atMs: 3, kind: 'not-recorded', error: 'no' },
    { atMs: 4, kind: 'retrying', error: 'HTTP 500' },
  ]);
  expect(watch.lastSteps('e').at(-1)).toBe('trial');
});

test('a killed processor may have posted from the time it got its batch until its events came again', () => {
  let nowMs = 100;
  const watch = watchRelay(() => nowMs);
  watch.onBatch(batchOf('e'));
  watch.onKill(['e']);
  expect(watch.evidenceOf('e').crashes).toEqual([{ fromMs: 100, untilMs: Number.POSITIVE_INFINITY }]);
  nowMs = 20_000;
  watch.onBatch(batchOf('e', 2));
  expect(watch.evidenceOf('e').crashes).toEqual([{ fromMs: 100, untilMs: 20_000 }]);
  expect(watch.counts()).toMatchObject({ batches: 2, crashes: 1, highestReceiveCount: 2 });
});

test('a breaker that opens is counted, and one that stays open is not', () => {
  const watch = watchRelay(() => 0);
  for (const [from, to] of [
    ['closed', 'open'],
    ['open', 'half-open'],
    ['half-open', 'open'],
    ['open', 'open'],
  ]) {
    watch.onStep({ step: 'breaker', route, from, to });
  }
  expect(watch.counts()).toMatchObject({ breakerOpened: 2, steps: { breaker: 4 } });
});

test('one processor of a hundred batches is killed, and those in mid POST have their POSTs held', () => {
  const held: string[] = [];
  const killed: string[] = [];
  const kill = killProcessors(7, {
    onHold: (eventIds) => held.push(...eventIds),
    onKill: (eventIds) => killed.push(...eventIds),
  });
  const crashes = Array.from({ length: 500 }, (_, batch) => kill(batchOf(`e${batch}`)));
  const later = crashes.filter((crash) => typeof crash === 'object');
  expect(crashes.filter((crash) => crash !== false)).toHaveLength(5);
  expect(killed).toHaveLength(5);
  expect(held).toHaveLength(later.length);
});
