import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { emulateCloudWatch, type MetricStore } from '../../lib/local/emulate-cloudwatch.ts';
import { statisticOf } from '../../lib/local/figures/distribution.ts';
import { keepFigures } from '../../lib/local/figures/keep-figures.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { parseMetricLine } from '../../lib/local/metric-line.ts';

const metric = { namespace: 'N', name: 'M', dimensions: { route: 'main' } };
const hourMs = 3_600_000;

describe('figures', () => {
  test('are added up by periods, and kept apart by dimensions in whatever order', () => {
    const figures = keepFigures();
    const two = { ...metric, dimensions: { service: 's', route: 'main' } };
    figures.add({ ...two, values: [1, 2] }, 1_000);
    figures.add({ ...two, dimensions: { route: 'main', service: 's' }, values: [3] }, 59_000);
    figures.add({ ...two, values: [10] }, 60_000);
    figures.add({ ...metric, values: [100] }, 1_000);

    const periods = figures.read(two, { fromMs: 0, untilMs: 120_000, periodMs: 60_000 });

    expect([...periods].map(([startMs, of]) => [startMs, statisticOf(of, 'Sum'), statisticOf(of, 'Maximum')])).toEqual([
      [0, 6, 3],
      [60_000, 10, 10],
    ]);
  });

  test('of a long run are coarser, but none is lost', () => {
    const figures = keepFigures();
    for (let atMs = 0; atMs <= 48 * hourMs; atMs += 60_000) figures.add({ ...metric, values: [1] }, atMs);

    const hours = figures.read(metric, { fromMs: 0, untilMs: 48 * hourMs, periodMs: hourMs });

    expect(hours.size).toBe(48);
    for (const hour of hours.values()) expect(hour.count).toBe(60);
  });

  test('of a run without end take no more and more room', () => {
    const figures = keepFigures();
    for (let hour = 0; hour < 4_000; hour++) figures.add({ ...metric, values: [hour] }, hour * hourMs);

    const all = figures.read(metric, { fromMs: 0, untilMs: 5_000 * hourMs, periodMs: hourMs });

    expect(all.size).toBeLessThanOrEqual(1_441);
    expect(all.has(3_999 * hourMs)).toBe(true);
    expect(all.has(0)).toBe(false);
  });

  test('tell percentiles to within a tenth', () => {
    const figures = keepFigures();
    figures.add({ ...metric, values: Array.from({ length: 1_000 }, (_, index) => index + 1) }, 0);

    const [of] = figures.read(metric, { fromMs: 0, untilMs: 60_000, periodMs: 60_000 }).values();
    if (of === undefined) throw new Error('nothing was kept');

    for (const percent of [50, 90, 99]) {
      const told = statisticOf(of, `p${percent}`) ?? 0;
      expect(Math.abs(told - percent * 10) / (percent * 10)).toBeLessThan(0.1);
    }
    expect(statisticOf(of, 'SampleCount')).toBe(1_000);
    expect(statisticOf(of, 'Minimum')).toBe(1);
  });
});

describe('the stand-in for CloudWatch', () => {
  let metrics: MetricStore;
  let client: CloudWatchClient;
  beforeAll(async () => {
    metrics = await emulateCloudWatch();
    client = new CloudWatchClient(localClientSettings(metrics.url));
  });
  afterAll(async () => {
    client.destroy();
    await metrics.close();
  });

  const query = (Id: string, Stat: string, Dimensions: { Name: string; Value: string }[]) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'Relay', MetricName: 'Refused', Dimensions }, Period: 60, Stat },
  });

  test('answers what a function published, once for each set of dimensions', async () => {
    const document = parseMetricLine(
      JSON.stringify({
        step: 'refused',
        _aws: {
          Timestamp: Date.now(),
          CloudWatchMetrics: [
            {
              Namespace: 'Relay',
              Dimensions: [['route'], ['route', 'reason']],
              Metrics: [{ Name: 'Refused', Unit: 'Count' }],
            },
          ],
        },
        route: 'main',
        reason: 'signature-missing',
        Refused: 1,
      }),
    );
    if (document === undefined) throw new Error('that is no document');
    metrics.addDocument(document);
    metrics.addDocument(document);
    const main = { Name: 'route', Value: 'main' };

    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now() - hourMs),
        EndTime: new Date(Date.now() + 60_000),
        MetricDataQueries: [
          query('all', 'Sum', [main]),
          query('one', 'Sum', [main, { Name: 'reason', Value: 'signature-missing' }]),
          query('none', 'Sum', [main, { Name: 'reason', Value: 'empty-body' }]),
        ],
      }),
    );

    const sums = MetricDataResults?.map(({ Id, Values }) => [Id, Values?.reduce((sum, value) => sum + value, 0)]);
    expect(sums).toEqual([
      ['all', 2],
      ['one', 2],
      ['none', 0],
    ]);
    expect(MetricDataResults?.[0]?.Timestamps?.[0]?.getTime()).toBeGreaterThan(Date.now() - hourMs);
  });

  test('refuses what it does not imitate, and says so', async () => {
    await expect(client.send(new ListMetricsCommand())).rejects.toThrow('only GetMetricData is emulated');
    await expect(
      client.send(
        new GetMetricDataCommand({
          StartTime: new Date(0),
          EndTime: new Date(),
          MetricDataQueries: [{ Id: 'e', Expression: 'a + b' }],
        }),
      ),
    ).rejects.toThrow('MetricStat');
  });
});
