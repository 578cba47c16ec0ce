import { expect, test } from '@jest/globals';
import { type AttemptOutcome, type EventEvidence, explainRepeats } from '../../lib/chaos/explain-repeats.ts';

const leaseMs = 10_000;
const taken = (atMs: number) => ({ atMs, taken: true });
const refused = (atMs: number) => ({ atMs, taken: false });
const told = (atMs: number, kind: AttemptOutcome['kind'], error?: string): AttemptOutcome => ({ atMs, kind, error });
const explain = (event: Partial<EventEvidence>) =>
  explainRepeats({ posts: [], outcomes: [], crashes: [], ...event }, leaseMs);

test('an event that was taken once needs no explanation', () => {
  expect(explain({ posts: [refused(0), taken(5), refused(10)] })).toEqual([]);
});

test.each<[string, Partial<EventEvidence>, string]>([
  [
    'the relay heard nothing in time',
    { posts: [taken(0), taken(3_000)], outcomes: [told(1_000, 'retrying', 'no answer within 1000 ms')] },
    'answered-too-late',
  ],
  [
    'the connection broke',
    { posts: [taken(0), taken(3_000)], outcomes: [told(20, 'retrying', 'ECONNRESET')] },
    'connection-broken',
  ],
  [
    'the outcome could not be written',
    { posts: [taken(0), taken(12_000)], outcomes: [told(20, 'not-recorded')] },
    'dynamodb-outage',
  ],
  ['its processor was killed', { posts: [taken(100), taken(20_000)], crashes: [{ fromMs: 0, untilMs: 200 }] }, 'crash'],
  [
    'its processor was killed, and a failed attempt lies between',
    {
      posts: [taken(100), refused(20_000), taken(25_000)],
      outcomes: [told(20_100, 'retrying', 'HTTP 503')],
      crashes: [{ fromMs: 0, untilMs: 200 }],
    },
    'crash',
  ],
  [
    'its lease ended before the outcome was written',
    { posts: [taken(0), taken(10_500)], outcomes: [told(10_400, 'delivered'), told(10_600, 'delivered')] },
    'lease-expired',
  ],
  [
    'its lease ended before it was told of',
    { posts: [taken(0), taken(10_500)], outcomes: [told(10_600, 'delivered'), told(11_000, 'delivered')] },
    'lease-expired',
  ],
  [
    'the relay knew that it was delivered',
    { posts: [taken(0), taken(20_000)], outcomes: [told(20, 'delivered'), told(20_100, 'delivered')] },
    'UNEXPLAINED',
  ],
  [
    'the relay took the answer for another',
    { posts: [taken(0), taken(3_000)], outcomes: [told(20, 'retrying', 'HTTP 500')] },
    'UNEXPLAINED',
  ],
  [
    'two processors posted it at once',
    { posts: [taken(0), taken(0)], outcomes: [told(20, 'delivered')] },
    'UNEXPLAINED',
  ],
  [
    'a crash was over before it was posted',
    { posts: [taken(500), taken(20_000)], crashes: [{ fromMs: 0, untilMs: 200 }] },
    'UNEXPLAINED',
  ],
  ['its processor vanished, and nobody had killed it', { posts: [taken(0), taken(20_000)] }, 'UNEXPLAINED'],
])('%s', (_, event, cause) => {
  expect(explain(event)).toEqual([cause]);
});

test('each repeat has a cause of its own', () => {
  expect(
    explain({
      posts: [taken(0), taken(3_000), taken(20_000)],
      outcomes: [told(1_000, 'retrying', 'no answer within 1000 ms'), told(20_100, 'delivered')],
      crashes: [{ fromMs: 2_900, untilMs: 3_100 }],
    }),
  ).toEqual(['answered-too-late', 'crash']);
});
