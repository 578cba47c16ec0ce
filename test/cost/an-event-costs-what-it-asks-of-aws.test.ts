import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { billEvents, withoutLogs } from '../../lib/cost/bill-events.ts';
import { totalOf } from '../../lib/cost/bill-line.ts';
import { readBytes, readPercentage } from '../../lib/cost/read-workload.ts';
import { renderCost } from '../../lib/cost/render-cost.ts';
import { defaultDesign, otherDesigns, type Workload } from '../../lib/cost/workload.ts';

const aMillion: Workload = {
  events: 1_000_000,
  eventBytes: 2_048,
  offloadedShare: 0,
  failingShare: 0,
  destinationMs: 100,
  routes: 1,
};

test('a million events of 2 KB cost at most 3.20 USD on their way, logs left out', () => {
  expect(totalOf(withoutLogs(billEvents(aMillion, defaultDesign)))).toBeLessThanOrEqual(3.2);
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

test('SQS bills a body of 100 KB twice, and receives seven chunks more of a batch', () => {
  const lines = billEvents({ ...aMillion, eventBytes: 100_000 }, defaultDesign);
  const quantityOf = (what: string) => lines.find((line) => line.what === what)?.quantity;
  expect(quantityOf('sent')).toBe(2_000_000);
  expect(quantityOf('received')).toBe(1_600_000);
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
