import { createHmac, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { startBenchRelay } from '../../bench/support/bench-relay.ts';
import { startSlowDestination } from '../../bench/support/slow-destination.ts';
import { sqsBatch } from '../../bench/support/sqs-batch.ts';
import { textEvent } from '../../bench/support/text-event.ts';
import { webhookRequest } from '../../bench/support/webhook-request.ts';
import { stackParts } from '../../lib/cost/bill-month.ts';
import { logBytes } from '../../lib/cost/log-bytes.ts';
import type { RelayConfigInput } from '../../lib/infra/relay-config.ts';
import { createFunctionPool } from '../../lib/local/function-pool.ts';
import { synthesize } from '../support/synthesized-stack.ts';

describe('what is billed each month is what the template has', () => {
  const route: RelayConfigInput['routes'][string] = {
    verify: { kind: 'open-messaging' },
    deliverTo: { url: 'https://crm.example/events' },
  };
  const one = synthesize({ routes: { one: route } });
  const two = synthesize({ routes: { one: route, two: route } });
  const added = (count: (template: typeof one) => number) => count(two) - count(one);
  const resources = (type: string) => (template: typeof one) => Object.keys(template.findResources(type)).length;
  /** An alarm over metric math names its metrics in a list, and those of a single metric beside it. */
  const alarmMetrics = (template: typeof one) =>
    Object.values(template.findResources('AWS::CloudWatch::Alarm'))
      .map(({ Properties }) =>
        (Properties.Metrics ?? [{ MetricStat: {} }]).filter((metric: object) => 'MetricStat' in metric),
      )
      .reduce((sum, metrics) => sum + metrics.length, 0);

  test.each([
    ['secrets', resources('AWS::SecretsManager::Secret'), 0, stackParts.secretsPerRoute],
    ['metrics of alarms', alarmMetrics, stackParts.alarmMetrics, stackParts.alarmMetricsPerRoute],
    [
      'composite alarms',
      resources('AWS::CloudWatch::CompositeAlarm'),
      stackParts.compositeAlarms,
      stackParts.compositeAlarmsPerRoute,
    ],
    ['dashboards', resources('AWS::CloudWatch::Dashboard'), stackParts.dashboards, 0],
    ['scheduled functions', resources('AWS::Events::Rule'), stackParts.scheduledFunctions, 0],
  ])('%s', (_name, count, ofStack, ofRoute) => {
    expect({ ofStack: count(one) - added(count), ofRoute: added(count) }).toEqual({ ofStack, ofRoute });
  });
});

test('the lines of a function are as long as they are billed', async () => {
  const destination = await startSlowDestination(100);
  const relay = await startBenchRelay(1, destination.url);
  const [route] = relay.routes;
  if (route === undefined) throw new Error('the relay has no route');
  const lines: string[] = [];
  const ingest = createFunctionPool(relay.ingest, 1, (line) => lines.push(line));
  const processor = createFunctionPool(route.processor, 1, (line) => lines.push(line));
  const bytesOf = (written: readonly string[]) => written.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  const accept = () => {
    const body = textEvent(randomUUID(), 2_000);
    const signature = `sha256=${createHmac('sha256', route.secret).update(body).digest('base64')}`;
    return ingest.invoke(webhookRequest(route.name, body, { 'x-hub-signature-256': signature }));
  };
  try {
    // The first lines of a process tell of its cold start.
    await accept();
    await processor.invoke(sqsBatch(route.name, route.queue.arn, 10));
    lines.length = 0;

    await accept();
    expect(bytesOf(lines.splice(0))).toBeCloseTo(logBytes.accepted, -2);

    await processor.invoke(sqsBatch(route.name, route.queue.arn, 10));
    expect(lines).toHaveLength(11);
    expect(bytesOf(lines.slice(0, 10)) / 10).toBeCloseTo(logBytes.delivered, -2);
    expect(bytesOf(lines.slice(10))).toBeCloseTo(logBytes.batchMetrics, -2);
  } finally {
    await ingest.stop();
    await processor.stop();
    await relay.stop();
    await destination.close();
  }
});
