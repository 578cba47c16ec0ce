import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { parseJson } from '../../lambdas/contract/parse-json.ts';
import { statisticOf } from './figures/distribution.ts';
import { keepFigures } from './figures/keep-figures.ts';
import { type MetricValues, readMetrics } from './figures/read-metrics.ts';
import { serveOnLoopback } from './loopback-server.ts';
import type { MetricDocument } from './metric-line.ts';
import { readBody } from './read-body.ts';

/** CloudWatch's metrics in this process, in memory. */
export interface MetricStore {
  readonly url: string;
  /** Takes what a function published. */
  addDocument(document: MetricDocument): void;
  /** Takes what a service publishes of itself. */
  add(metric: MetricValues): void;
  close(): Promise<void>;
}

/**
 * The smallest stand-in that the operator can read the figures of a run from, because npm has no emulator of
 * CloudWatch. It answers `GetMetricData` for plain metrics, all on one page. Percentiles are right to within a tenth;
 * periods shorter than a minute can be asked for, and are kept for the first hours of a run. There are no expressions,
 * no alarms and no other action.
 */
export async function emulateCloudWatch(): Promise<MetricStore> {
  const figures = keepFigures();
  const { url, close } = await serveOnLoopback((request, response) => {
    answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(body));
    });
  });

  async function answer(request: IncomingMessage): Promise<Answer> {
    const body = await readBody(request);
    if (body.kind !== 'complete') return refusal('InvalidParameterValueException', 'the request is not whole');
    if (request.headers['x-amz-target'] !== 'GraniteServiceVersion20100801.GetMetricData') {
      return refusal('UnknownOperationException', 'only GetMetricData is emulated');
    }
    const input = inputSchema.safeParse(parseJson(Buffer.from(body.bytes).toString('utf8')));
    if (!input.success) return refusal('InvalidParameterValueException', z.prettifyError(input.error));
    const { StartTime, EndTime, MetricDataQueries } = input.data;
    const results = MetricDataQueries.map((query) => result(query, StartTime * 1_000, EndTime * 1_000));
    return { status: 200, body: { MetricDataResults: results, Messages: [] } };
  }

  function result({ Id, MetricStat: { Metric, Period, Stat } }: Query, fromMs: number, untilMs: number) {
    const dimensions = Object.fromEntries(Metric.Dimensions.map(({ Name, Value }) => [Name, Value]));
    const metric = { namespace: Metric.Namespace, name: Metric.MetricName, dimensions };
    const periods = figures.read(metric, { fromMs, untilMs, periodMs: Period * 1_000 });
    const points = [...periods].sort(([one], [other]) => one - other);
    return {
      Id,
      Label: Metric.MetricName,
      StatusCode: 'Complete',
      Timestamps: points.map(([startMs]) => startMs / 1_000),
      Values: points.map(([, distribution]) => statisticOf(distribution, Stat) ?? 0),
    };
  }

  return {
    url,
    addDocument: (document) => {
      for (const metric of readMetrics(document)) figures.add(metric, document._aws.Timestamp);
    },
    add: (metric) => figures.add(metric, Date.now()),
    close,
  };
}

const statistics = z.string().regex(/^(Sum|SampleCount|Minimum|Maximum|Average|p\d{1,2})$/);

const querySchema = z.object({
  Id: z.string(),
  MetricStat: z.object({
    Metric: z.object({
      Namespace: z.string(),
      MetricName: z.string(),
      Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
    }),
    Period: z.int().min(1),
    Stat: statistics,
  }),
});

type Query = z.output<typeof querySchema>;

const inputSchema = z.object({
  /** Epoch seconds. */
  StartTime: z.number(),
  EndTime: z.number(),
  MetricDataQueries: z.array(querySchema).max(500),
});

interface Answer {
  readonly status: number;
  readonly body: object;
}

function refusal(type: string, message: string): Answer {
  return { status: 400, body: { __type: type, message } };
}
