import { createHmac, randomUUID } from 'node:crypto';
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BenchRelay, type BenchRoute, startBenchRelay } from '../../bench/support/bench-relay.ts';
import { sqsBatch } from '../../bench/support/sqs-batch.ts';
import { textEvent } from '../../bench/support/text-event.ts';
import { webhookRequest } from '../../bench/support/webhook-request.ts';
import { recordBytes } from '../../lib/cost/bill-events.ts';
import { stackParts } from '../../lib/cost/bill-month.ts';
import { logBytes } from '../../lib/cost/log-bytes.ts';
import type { RelayConfigInput } from '../../lib/infra/relay-config.ts';
import { createFunctionPool, type FunctionPool } from '../../lib/local/function-pool.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { serveOnLoopback } from '../../lib/local/loopback-server.ts';
import { synthesize } from '../support/synthesized-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

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

  const runsPerHour = (template: typeof one) =>
    Object.values(template.findResources('AWS::Events::Rule'))
      .map(({ Properties }) => 60 / Number(/^rate\((\d+) minutes?\)$/.exec(Properties.ScheduleExpression)?.[1]))
      .reduce((sum, runs) => sum + runs, 0);

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
    ['runs of scheduled functions in an hour', runsPerHour, stackParts.scheduledRunsPerHour, 0],
  ])('%s', (_name, count, ofStack, ofRoute) => {
    expect({ ofStack: count(one) - added(count), ofRoute: added(count) }).toEqual({ ofStack, ofRoute });
  });
});

describe('what an event asks for and leaves behind is what is billed', () => {
  let relay: BenchRelay;
  let route: BenchRoute;
  let ingest: FunctionPool;
  let processor: FunctionPool;
  let answer: 200 | 503 = 200;
  const lines: string[] = [];
  const stops: (() => Promise<void>)[] = [];
  const bytesOf = (written: readonly string[]) => written.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);

  beforeAll(async () => {
    const destination = await serveOnLoopback((request, response) => {
      request.resume();
      // The figures in a line are as long as those of the destination that is billed.
      setTimeout(() => response.writeHead(answer).end(answer === 200 ? '' : 'x'.repeat(2_000)), 100);
    });
    stops.unshift(destination.close);
    relay = await startBenchRelay(1, destination.url);
    stops.unshift(relay.stop);
    const [first] = relay.routes;
    if (first === undefined) throw new Error('the relay has no route');
    route = first;
    ingest = createFunctionPool(relay.ingest, 1, (line) => lines.push(line));
    processor = createFunctionPool(route.processor, 1, (line) => lines.push(line));
    stops.unshift(ingest.stop, processor.stop);
    // The first lines of a process tell of its cold start.
    await accept(2_000, 1);
    await deliver(10, 11);
  });

  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  async function accept(bytes: number, lineCount: number): Promise<readonly string[]> {
    const body = textEvent(randomUUID(), bytes);
    const signature = `sha256=${createHmac('sha256', route.secret).update(body).digest('base64')}`;
    await ingest.invoke(webhookRequest(route.name, body, { 'x-hub-signature-256': signature }));
    return takeLines(lineCount);
  }

  async function deliver(events: number, lineCount: number): Promise<readonly string[]> {
    await processor.invoke(sqsBatch(route.name, route.queue.arn, events));
    return takeLines(lineCount);
  }

  /** A process hands over its answer and its output in two ways, of which either may be the faster one. */
  async function takeLines(count: number): Promise<readonly string[]> {
    await waitUntil(`${count} lines`, () => lines.length >= count);
    return lines.splice(0);
  }

  test('the lines of an accepted webhook, and of an offloaded one', async () => {
    expect(bytesOf(await accept(2_000, 1))).toBeCloseTo(logBytes.accepted, -2);
    expect(bytesOf(await accept(400_000, 2))).toBeCloseTo(logBytes.accepted + logBytes.offloaded, -2);
  });

  test('the lines of a batch, and the records of its events', async () => {
    const written = await deliver(10, 11);
    expect(written).toHaveLength(11);
    expect(bytesOf(written.slice(0, 10)) / 10).toBeCloseTo(logBytes.delivered, -2);
    expect(bytesOf(written.slice(10))).toBeCloseTo(logBytes.batchMetrics, -2);

    const tables = new DynamoDBClient(localClientSettings(relay.urls.dynamodb));
    const { Items = [] } = await tables.send(new ScanCommand({ TableName: relay.deliveryTable }));
    tables.destroy();
    const records = Items.filter(({ status }) => status?.S === 'delivered').map(itemBytes);
    expect(records.length).toBeGreaterThanOrEqual(10);
    expect(records.filter((bytes) => Math.abs(bytes - recordBytes) > 50)).toEqual([]);
  });

  test('the line of a failed attempt, and a write of the breaker for every batch of that minute', async () => {
    answer = 503;
    const [retrying = ''] = await deliver(1, 1);
    expect(retrying).toContain('"step":"retrying"');
    expect(bytesOf([retrying])).toBeCloseTo(logBytes.retrying, -2);

    answer = 200;
    relay.calls.take();
    await deliver(10, 11);
    await deliver(10, 11);
    expect(relay.calls.count('dynamodb:PutItem')).toBe(2);
  });
});

/** As DynamoDB counts what it stores: names, texts, two digits of a number to a byte and one more, and a hundred beside. */
function itemBytes(item: Record<string, AttributeValue>): number {
  return Object.entries(item).reduce(
    (sum, [name, { S, N }]) => sum + name.length + (S?.length ?? Math.ceil((N?.length ?? 0) / 2) + 1),
    100,
  );
}
