import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { metricNames, metricNamespace, statusClasses } from '../../lambdas/contract/metric-names.ts';
import type { MetricDocument } from '../../lib/local/metric-line.ts';
import { startTestRelay, type TestRelay } from '../support/local-relay.ts';
import { answering } from '../support/scripted-endpoint.ts';
import { waitUntil } from '../support/wait-until.ts';

let relay: TestRelay;

beforeAll(async () => {
  const route = {
    verify: { kind: 'open-messaging' as const },
    retry: { maxAttempts: 3, baseSeconds: 1, capSeconds: 1 },
  };
  // A route for each test: they run in any order.
  const routes = {
    plenty: route,
    copied: route,
    refusing: route,
    failing: route,
    spilling: route,
    form: route,
    cold: { ...route, deliverTo: { maxConcurrency: 2 } },
  };
  relay = await startTestRelay({ routes, config: { inlineLimitBytes: 4_096 } });
}, 60_000);

afterAll(() => relay.stop());

const message = (id: string, text = '') =>
  Buffer.from(JSON.stringify({ type: 'Text', id, channel: { id: 'c' }, text }));
const eventIdOf = (id: string) => `c:Text:${id}`;

/** Values of a metric in all that the functions have published, under these dimensions and no others. */
function valuesOf(metric: string, dimensions: Readonly<Record<string, string>>): readonly number[] {
  const names = ['service', ...Object.keys(dimensions)].sort().join();
  return relay.metrics.flatMap((document) => {
    const counts = document._aws.CloudWatchMetrics.some(
      ({ Dimensions, Metrics }) =>
        Metrics.some(({ Name }) => Name === metric) && Dimensions.some((set) => [...set].sort().join() === names),
    );
    const fits = Object.entries(dimensions).every(([name, value]) => document[name] === value);
    return counts && fits ? [document[metric]].flat().map(Number) : [];
  });
}

const sumOf = (metric: string, dimensions: Readonly<Record<string, string>>) =>
  valuesOf(metric, dimensions).reduce((sum, value) => sum + value, 0);

/** Of the events of a processor's batch: they come a moment after the step of the last. */
const waitForSum = (metric: string, dimensions: Readonly<Record<string, string>>, sum: number) =>
  waitUntil(`${sum} ${metric} of ${JSON.stringify(dimensions)}`, () => sumOf(metric, dimensions) >= sum);

describe('CloudWatch is told of', () => {
  test('what was accepted and delivered, and how long it took', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `m-${index}`);
    const large = message('large', 'x'.repeat(5_000));
    await Promise.all(ids.map((id) => relay.postUntilTaken('plenty', message(id))));
    expect((await relay.post('plenty', large)).status).toBe(200);
    for (const id of [...ids, 'large']) {
      await relay.waitForStep((step) => step.step === 'delivered' && step.eventId === eventIdOf(id));
    }
    await waitForSum('Delivered', { route: 'plenty' }, 13);
    expect(sumOf('Accepted', { route: 'plenty' })).toBe(13);
    expect(sumOf('Offloaded', { route: 'plenty' })).toBe(1);
    expect(sumOf('Delivered', { route: 'plenty' })).toBe(13);
    for (const metric of ['IngestLatency', 'DeliveryLatency', 'TimeToDelivery']) {
      const values = valuesOf(metric, { route: 'plenty' });
      expect([metric, values.length]).toEqual([metric, 13]);
      for (const value of values) expect(value).toBeGreaterThanOrEqual(0);
    }
  });

  test('a copy of what was delivered', async () => {
    for (const step of ['delivered', 'duplicate']) {
      expect((await relay.post('copied', message('twice'))).status).toBe(200);
      await relay.waitForStep((seen) => seen.step === step && seen.route === 'copied');
    }
    expect(sumOf('Duplicates', { route: 'copied' })).toBe(1);
    expect(sumOf('Delivered', { route: 'copied' })).toBe(1);
  });

  test('what was refused, by reason, and under no name that a stranger made up', async () => {
    const forged = { 'x-hub-signature-256': `sha256=${Buffer.alloc(32, 7).toString('base64')}` };
    expect((await relay.post('refusing', message('forged'), { signed: forged })).status).toBe(401);
    expect((await relay.post('refusing', message('unsigned'), { signed: false })).status).toBe(401);
    const { ingestUrl } = relay.route('refusing');
    expect((await fetch(ingestUrl.replace(/refusing$/, 'wp-login'), { method: 'POST', body: '{}' })).status).toBe(404);
    await waitForSum('Refused', { route: 'unknown', reason: 'unknown-route' }, 1);
    expect(sumOf('Refused', { route: 'refusing' })).toBe(2);
    expect(sumOf('Refused', { route: 'refusing', reason: 'signature-mismatch' })).toBe(1);
    expect(sumOf('Refused', { route: 'refusing', reason: 'signature-missing' })).toBe(1);
    expect(JSON.stringify(relay.metrics)).not.toContain('wp-login');
  });

  test('what was tried again, by what it failed with, and what became a dead letter, by its cause', async () => {
    relay.destination.script(eventIdOf('flaky'), answering(503), answering(409), answering(200));
    relay.destination.script(eventIdOf('bad'), answering(400));
    expect((await relay.post('failing', message('flaky'))).status).toBe(200);
    expect((await relay.post('failing', message('bad'))).status).toBe(200);
    await waitForSum('DeadLetters', { route: 'failing' }, 1);
    expect(sumOf('DeadLetters', { route: 'failing', cause: 'rejected' })).toBe(1);
    await relay.waitForStep((step) => step.step === 'delivered' && step.eventId === eventIdOf('flaky'));
    expect(sumOf('Retried', { route: 'failing' })).toBe(2);
    expect(sumOf('Retried', { route: 'failing', statusClass: '5xx' })).toBe(1);
    expect(sumOf('Retried', { route: 'failing', statusClass: '4xx' })).toBe(1);
  });

  test('what is spilled, how much of it waits each minute, and what could not be stored at all', async () => {
    relay.outages.set('sqs', 'refuse');
    expect((await relay.post('spilling', message('spilled'))).status).toBe(200);
    await relay.tick();
    expect(valuesOf('SpillWaiting', { route: 'spilling' }).at(-1)).toBe(1);
    relay.outages.set('s3', 'refuse');
    expect((await relay.post('spilling', message('lost'))).status).toBe(503);
    relay.outages.set('s3', 'none');
    relay.outages.set('sqs', 'none');
    await relay.tick();
    expect(valuesOf('SpillWaiting', { route: 'spilling' }).at(-1)).toBe(0);
    expect(valuesOf('SpillWaiting', { route: 'plenty' }).at(-1)).toBe(0);
    expect(sumOf('Spilled', { route: 'spilling' })).toBe(1);
    expect(sumOf('Accepted', { route: 'spilling' })).toBe(1);
    expect(sumOf('NotStored', { route: 'spilling' })).toBe(1);
    expect(sumOf('Faults', { route: 'spilling' })).toBeGreaterThanOrEqual(1);
    expect(valuesOf('BreakerOpen', { route: 'plenty' }).at(-1)).toBe(0);
  });

  test('cold starts, by a mark on the first step of a process alone', async () => {
    const ids = ['c-0', 'c-1', 'c-2', 'c-3'];
    for (const id of ids) {
      expect((await relay.post('cold', message(id))).status).toBe(200);
      await relay.waitForStep((step) => step.step === 'delivered' && step.eventId === eventIdOf(id));
    }
    const cold = relay.steps.filter(({ coldStart }) => coldStart === true);
    for (const step of cold) expect(step.requestId).toEqual(expect.any(String));
    const isOf = (id: string | undefined) => ids.some((one) => id === eventIdOf(one));
    const coldDelivered = cold.filter(({ step, eventId }) => step === 'delivered' && isOf(eventId));
    // An event can come before the process of the last one is free again: then the other one of two takes it.
    expect(coldDelivered.length).toBeGreaterThanOrEqual(1);
    expect(coldDelivered.length).toBeLessThanOrEqual(2);
    // A process of ingest is free before its answer is out. The very first may have answered another test.
    const accepted = relay.steps.filter(({ step, eventId }) => step === 'accepted' && isOf(eventId));
    expect(accepted.map(({ coldStart }) => coldStart).slice(1)).toEqual([undefined, undefined, undefined]);
  });
});

test('everything is in a form that CloudWatch takes, under names that are known, in no line of its own for each event', async () => {
  relay.destination.script(eventIdOf('formal'), answering(503), answering(400));
  expect((await relay.post('form', message('formal'), { signed: false })).status).toBe(401);
  expect((await relay.post('form', message('formal'))).status).toBe(200);
  await relay.waitForStep((step) => step.step === 'dead-letter' && step.route === 'form');
  await relay.tick();
  expect(relay.metrics.length).toBeGreaterThanOrEqual(10);
  const units = new Set(['Count', 'Milliseconds', 'None']);
  const own: Readonly<Record<string, readonly string[]>> = {
    Refused: ['reason'],
    Retried: ['statusClass'],
    DeadLetters: ['cause'],
  };
  for (const document of relay.metrics) {
    expect(document.service).toBe('GenesysWebhookRelay');
    expect(document._aws.Timestamp).toBeGreaterThan(Date.now() - 120_000);
    for (const { Namespace, Dimensions, Metrics } of document._aws.CloudWatchMetrics) {
      expect(Namespace).toBe(metricNamespace);
      for (const { Name, Unit } of Metrics) {
        expect(Object.values<string>(metricNames)).toContain(Name);
        expect(units.has(Unit)).toBe(true);
        for (const value of [document[Name]].flat()) expect(Number.isFinite(value)).toBe(true);
        const sets = own[Name] === undefined ? [] : [['service', 'route', ...own[Name]]];
        expect(Dimensions).toEqual([['service', 'route'], ...sets]);
      }
      for (const name of Dimensions.flat()) expect(String(document[name])).toMatch(/^[\x21-\x7e]{1,250}$/);
    }
    if ('statusClass' in document) expect(statusClasses).toContain(document.statusClass);
  }
  const withoutStep = relay.metrics.filter((document) => !('step' in document)).flatMap(namesOf);
  expect(new Set(withoutStep).has('Accepted')).toBe(false);
  // Powertools warns of what it leaves out.
  expect(relay.output.filter((line) => /_aws|dimension|metric/i.test(line))).toEqual([]);
});

function namesOf(document: MetricDocument): readonly string[] {
  return document._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
}
