import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { billEvents, onTheWay } from '../../lib/cost/bill-events.ts';
import { totalOf } from '../../lib/cost/bill-line.ts';
import { logBytes } from '../../lib/cost/log-bytes.ts';
import { readBytes, readPercentage } from '../../lib/cost/read-workload.ts';
import { renderCost } from '../../lib/cost/render-cost.ts';
import { type Design, defaultDesign, otherDesigns, type Workload } from '../../lib/cost/workload.ts';

const aMillion: Workload = {
  events: 1_000_000,
  eventBytes: 2_048,
  offloadedShare: 0,
  failingShare: 0,
  destinationMs: 100,
  routes: 1,
};

test('a million events of 2 KB cost at most 3.20 USD on their way, logs and records left out', () => {
  expect(totalOf(onTheWay(billEvents(aMillion, defaultDesign)))).toBeLessThanOrEqual(3.2);
});

test('every line is its quantity times its price', () => {
  const load = { ...aMillion, offloadedShare: 0.01, failingShare: 0.02 };
  for (const { quantity, price, dollars } of billEvents(load, defaultDesign)) {
    expect(dollars).toBeCloseTo(quantity * price, 10);
    expect(dollars).toBeGreaterThan(0);
  }
});

test('ten times the events cost ten times as much', () => {
  const ten = { ...aMillion, events: 10 * aMillion.events, offloadedShare: 0.01, failingShare: 0.02 };
  const one = { ...ten, events: aMillion.events };
  expect(totalOf(billEvents(ten, defaultDesign))).toBeCloseTo(10 * totalOf(billEvents(one, defaultDesign)), 8);
});

function quantities(load: Workload, design: Design = defaultDesign): Readonly<Record<string, number>> {
  return Object.fromEntries(
    billEvents(load, design).map(({ service, what, quantity }) => [`${service} ${what}`, quantity]),
  );
}

test('SQS bills a body of 100 KB as two requests, and ten of them that are received together as sixteen', () => {
  expect(quantities({ ...aMillion, eventBytes: 100_000 })).toMatchObject({
    'SQS sent': 2_000_000,
    'SQS received': 1_600_000,
  });
});

test('an HTTP API bills every 512 KB, and a REST API does not', () => {
  const large = { ...aMillion, eventBytes: 600_000 };
  expect(quantities(large)).toMatchObject({ 'API Gateway requests': 2_000_000 });
  expect(quantities(large, { ...defaultDesign, api: 'rest' })).toMatchObject({ 'API Gateway requests': 1_000_000 });
});

test('an offloaded event costs a write and a read of S3, and its body for 45 days', () => {
  const lines = quantities({ ...aMillion, offloadedShare: 0.01, failingShare: 0.02 });
  expect(lines).toMatchObject({ 'SQS sent': 1_000_000, 'S3 bodies written': 10_000, 'S3 bodies read': 10_200 });
  expect(lines['S3 GB-months: bodies']).toBeCloseTo((10_000 * 262_144 * 1.5) / 1e9, 10);
});

test('an event that is offloaded, or fails, writes a line more', () => {
  const loggedBytes = (load: Workload) =>
    (1e9 * totalOf(billEvents(load, defaultDesign).filter(({ service }) => service === 'CloudWatch Logs'))) / 0.5;
  const more = (shares: Partial<Workload>) => loggedBytes({ ...aMillion, ...shares }) - loggedBytes(aMillion);
  expect(more({ offloadedShare: 0.01 })).toBeCloseTo(10_000 * logBytes.offloaded, 0);
  // And the second attempt is a tenth of another batch.
  const ofBatch = logBytes.batchMetrics + logBytes.invocation;
  expect(more({ failingShare: 0.02 })).toBeCloseTo(20_000 * (logBytes.retrying + ofBatch / 10), 0);
});

test('an event that fails once costs a second attempt, and writes of a record that has become longer', () => {
  const lines = quantities({ ...aMillion, failingShare: 0.02 });
  expect(lines).toMatchObject({
    'SQS received': 102_000,
    'SQS hidden until the next attempt': 20_000,
    'Lambda processor: invocations': 102_000,
    'DynamoDB writes: claimed, delivered': 2_000_000,
    // Failed, claimed again and delivered are two units each, where the delivery of another event is one.
    'DynamoDB writes: failed attempts': 100_000,
    "DynamoDB writes: the breaker's state": 102_000,
    "DynamoDB reads: the breaker's state": 102_000,
  });
});

test('every other design costs more', () => {
  const asItIs = totalOf(billEvents(aMillion, defaultDesign));
  const others = otherDesigns.map((design) => totalOf(billEvents(aMillion, design)) - asItIs);
  expect(others).toEqual([expect.closeTo(1.76, 1), expect.closeTo(2.5, 6), expect.closeTo(1.024, 6)]);
});

test('the page shows what the command prints', () => {
  const page = readFileSync('docs/performance.md', 'utf8');
  const [, printed = ''] = /```\n\$ npx relay cost\n(.*?)```/s.exec(page) ?? [];
  expect(printed.trim()).toBe(renderCost(aMillion).trim());
});

describe('a size', () => {
  test.each([
    ['2kb', 2_048],
    ['2 KiB', 2_048],
    ['1.5mb', 1_572_864],
    ['2048', 2_048],
    ['2x', undefined],
    ['', undefined],
  ])('%j is %j bytes', (text, bytes) => {
    expect(readBytes(text)).toBe(bytes);
  });
});

describe('a share', () => {
  test.each([
    ['1%', 0.01],
    ['0.02', 0.02],
    ['100 %', 1],
    ['101%', undefined],
    ['2', undefined],
    ['-1%', undefined],
  ])('%j is %j', (text, share) => {
    expect(readPercentage(text)).toBe(share);
  });
});
