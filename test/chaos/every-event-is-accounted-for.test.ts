import { describe, expect, test } from '@jest/globals';
import { accountForRun, type RunEvidence, type Sending } from '../../lib/chaos/account-for-run.ts';
import { highestRate, percentile } from '../../lib/chaos/measure.ts';
import { renderReport, renderVerdict } from '../../lib/chaos/render-report.ts';
import { type ChaosReport, failuresOf } from '../../lib/chaos/report.ts';

const accepted = (eventId: string, sentAtMs = 0): Sending => ({
  eventId,
  firstSentAtMs: sentAtMs,
  outcome: { kind: 'accepted', eventId, tookMs: 20 },
});
const dropped = (eventId: string, why = 'TimeoutError'): Sending => ({
  eventId,
  firstSentAtMs: 0,
  outcome: { kind: 'dropped', why },
});
const post = (eventId: string, atMs: number, taken = true, body = eventId) => ({
  eventId,
  atMs,
  taken,
  body: Buffer.from(body),
});
const account = (run: Partial<RunEvidence>) =>
  accountForRun({
    sendings: [],
    posts: [],
    deadLetters: [],
    bodies: new Map(['a', 'b', 'c'].map((id) => [id, Buffer.from(id)])),
    evidenceOf: () => ({ outcomes: [], crashes: [] }),
    leaseMs: 10_000,
    ...run,
  });

describe('an account', () => {
  test('knows delivered, dead and lost events apart', () => {
    const found = account({
      sendings: [accepted('a', 100), accepted('b'), accepted('c')],
      posts: [post('a', 300, false), post('a', 1_100), post('c', 50, false)],
      deadLetters: [{ eventId: 'b', cause: 'attempts-exhausted' }],
    });
    expect(found).toMatchObject({
      accepted: 3,
      delivered: 1,
      deadLettered: { 'attempts-exhausted': 1 },
      missing: ['c'],
      posts: 3,
      accept: { p50Ms: 20 },
      endToEnd: { p50Ms: 1_000, p99Ms: 1_000 },
    });
  });

  test('holds nothing against the relay that its sender gave up', () => {
    const found = account({ sendings: [dropped('a'), dropped('b')], posts: [post('a', 5)] });
    expect(found).toMatchObject({ accepted: 0, dropped: { TimeoutError: 2 }, droppedButDelivered: 1, missing: [] });
  });

  test('counts an event once that was sent twice, and accepted once', () => {
    const found = account({ sendings: [dropped('a'), accepted('a')], posts: [post('a', 5)] });
    expect(found).toMatchObject({ accepted: 1, dropped: {}, delivered: 1 });
  });

  test('tells of bodies that changed, and of events that nobody sent', () => {
    const posts = [post('a', 1, true, 'other'), post('b', 1), post('stranger', 1)];
    expect(account({ posts }).altered).toEqual(['a', 'stranger']);
  });

  test('tells what was posted twice', () => {
    const posts = [post('a', 1), post('b', 1), post('a', 2)];
    const story = '0.000 s POST taken | 0.001 s POST taken';
    expect(account({ posts }).repeats).toEqual([{ eventId: 'a', cause: 'UNEXPLAINED', story }]);
  });
});

const report = (run: Partial<RunEvidence>, rest: Partial<ChaosReport> = {}): ChaosReport => {
  const found = account(run);
  return {
    seed: 7,
    events: 3,
    speed: 10,
    account: found,
    outages: [{ victim: 'sqs', trouble: 'hang', fromMs: 1_000, untilMs: 3_000 }],
    counts: { steps: { spilled: 2 }, breakerOpened: 1, batches: 5, crashes: 1, highestReceiveCount: 4 },
    destination: { highestConcurrency: 3, allowedConcurrency: 50 },
    healedAfterMs: 1_280,
    tickMs: 6_000,
    tookMs: 61_000,
    backlog: 0,
    missing: found.missing.map((eventId) => ({ eventId, record: 'delivering, 2 attempts', lastSteps: ['waiting'] })),
    ...rest,
  };
};

describe('a verdict', () => {
  const sound = { sendings: [accepted('a')], posts: [post('a', 1)] };

  test('is good when a sender only waited for too short', () => {
    expect(failuresOf(report({ ...sound, sendings: [accepted('a'), dropped('b')] }))).toEqual([]);
  });

  test('is good when everything arrived, and says how to see it again', () => {
    expect(failuresOf(report(sound))).toEqual([]);
    expect(renderVerdict(report(sound))).toBe(
      'nothing lost, nothing unexplained (seed 7; again: npm run chaos -- --events 3 --seed 7 --speed 10)',
    );
  });

  test.each<[string, ChaosReport]>([
    ['nothing was accepted', report({})],
    ['1 accepted events are neither delivered nor dead letters', report({ sendings: [accepted('a')] })],
    [
      '1 events are dead letters of an outage',
      report({ ...sound, deadLetters: [{ eventId: 'b', cause: 'receive-limit' }] }),
    ],
    ['1 events were posted twice for no reason', report({ ...sound, posts: [post('a', 1), post('a', 2)] })],
    ['1 events arrived with other bytes', report({ ...sound, posts: [post('a', 1, true, 'x')] })],
    [
      '1 events were refused until their sender dropped them',
      report({ ...sound, sendings: [accepted('a'), dropped('b', 'HTTP 503')] }),
    ],
    ['3 messages were still under way', report(sound, { backlog: 3 })],
  ])('is bad when %s', (failure, of) => {
    expect(failuresOf(of)).toEqual([expect.stringContaining(failure)]);
    expect(renderVerdict(of)).toMatch(/^FAILED: .*--seed 7 /);
  });

  test('calls nothing lost that may still come', () => {
    const open = report({ sendings: [accepted('a')] }, { backlog: 1 });
    expect(failuresOf(open)).toEqual([expect.stringContaining('and 1 events not delivered')]);
    expect(renderReport(open)).toMatch(/^LOST +0$/m);
    expect(renderReport(open)).toContain('still under way:\n  a: delivering');
  });

  test('comes with where a lost event was seen last', () => {
    const table = renderReport(report({ sendings: [accepted('a')] }));
    expect(table).toMatch(/^LOST +1$/m);
    expect(table).toContain('  a: delivering, 2 attempts; waiting');
    expect(table).toContain('sqs hang 1-3 s');
  });
});

describe('a measure', () => {
  test('percentiles are values that were seen', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([1, 50, 99, 100].map((percent) => percentile(values, percent))).toEqual([1, 50, 99, 100]);
    expect(percentile([], 50)).toBeUndefined();
    expect(percentile([3], 99)).toBe(3);
  });

  test('a rate is that of the busiest second, wherever it begins', () => {
    expect(highestRate([0, 900, 1_000, 1_100, 5_000], 1_000)).toBe(3);
    expect(highestRate([], 1_000)).toBe(0);
  });
});
