import { evaluate, type MathNode, parse } from 'mathjs';
import * as z from 'zod';

/** What was published of one metric: a sample each minute, the last one a minute ago; undefined for none. */
export interface MetricSeries {
  readonly namespace: string;
  readonly name: string;
  /** Exactly these; what CloudFormation fills in matches by the logical id in it. */
  readonly dimensions: Readonly<Record<string, string | RegExp>>;
  readonly minutes: readonly (number | undefined)[];
}

const metricStatSchema = z.object({
  Metric: z.object({
    Namespace: z.string(),
    MetricName: z.string(),
    Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
  }),
  Period: z.int(),
  Stat: z.enum(['Sum', 'Maximum', 'Minimum', 'SampleCount']),
});

const metricQuerySchema = z.object({
  Id: z.string(),
  Expression: z.string().optional(),
  MetricStat: metricStatSchema.optional(),
  ReturnData: z.boolean().default(true),
});

/** What an alarm looks at, as its template has it: one metric, or several and an expression over them. */
export const watchedSchema = z.union([
  z.object({ Metrics: z.array(metricQuerySchema) }),
  z
    .object({
      Namespace: z.string(),
      MetricName: z.string(),
      Dimensions: metricStatSchema.shape.Metric.shape.Dimensions,
      Period: z.int(),
      Statistic: metricStatSchema.shape.Stat,
    })
    .transform(({ Period, Statistic, ...Metric }) => ({
      Metrics: [
        { Id: 'metric', Expression: undefined, MetricStat: { Metric, Period, Stat: Statistic }, ReturnData: true },
      ],
    })),
]);

type Watched = z.output<typeof watchedSchema>;

/** The last values of what an alarm looks at, the newest last; undefined where there is no data. */
export function lastValues(
  { Metrics }: Watched,
  series: readonly MetricSeries[],
  periods: number,
): readonly (number | undefined)[] {
  const byId = new Map<string, readonly (number | undefined)[]>();
  for (const { Id, MetricStat } of Metrics) {
    if (MetricStat !== undefined) byId.set(Id, statistics(MetricStat, series, periods));
  }
  const [returned, ...others] = Metrics.filter(({ ReturnData }) => ReturnData);
  if (returned === undefined || others.length > 0) throw new Error('an alarm returns one value');
  const { Id, Expression } = returned;
  if (Expression === undefined) return byId.get(Id) ?? [];
  return Array.from({ length: periods }, (_, index) =>
    mathValue(Expression, new Map(Array.from(byId, ([id, values]) => [id, values[index]]))),
  );
}

function statistics(
  { Metric, Period, Stat }: z.output<typeof metricStatSchema>,
  all: readonly MetricSeries[],
  periods: number,
): readonly (number | undefined)[] {
  const minutesOfPeriod = Period / 60;
  const found = all.filter(
    ({ namespace, name, dimensions }) =>
      namespace === Metric.Namespace &&
      name === Metric.MetricName &&
      Object.keys(dimensions).length === Metric.Dimensions.length &&
      Metric.Dimensions.every(({ Name, Value }) => matches(dimensions[Name], Value)),
  );
  if (found.length > 1) throw new Error(`${found.length} series for one metric: ${Metric.MetricName}`);
  const minutes = found[0]?.minutes ?? [];
  return Array.from({ length: periods }, (_, index) => {
    const end = minutes.length - (periods - 1 - index) * minutesOfPeriod;
    const samples = minutes.slice(Math.max(0, end - minutesOfPeriod), Math.max(0, end));
    const values = samples.filter((sample) => sample !== undefined);
    return values.length === 0 ? undefined : statisticOf[Stat](values);
  });
}

const statisticOf = {
  Sum: (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0),
  Maximum: (values: readonly number[]) => Math.max(...values),
  Minimum: (values: readonly number[]) => Math.min(...values),
  SampleCount: (values: readonly number[]) => values.length,
};

function matches(wanted: string | RegExp | undefined, value: unknown): boolean {
  if (wanted instanceof RegExp) return wanted.test(JSON.stringify(value));
  return wanted === value;
}

/** The functions of metric math that the alarms use, on the values of one period. */
const metricMath = {
  IF: (condition: boolean | number, then: number, otherwise: number) => (condition ? then : otherwise),
  FILL: (value: number | undefined, filling: number) => value ?? filling,
};

/** As CloudWatch has it: without data of one metric there is none of the whole, but for what FILL fills. */
function mathValue(expression: string, values: ReadonlyMap<string, number | undefined>): number | undefined {
  const needed = symbolsOutsideOfFill(parse(expression));
  for (const symbol of needed) {
    if (!values.has(symbol)) throw new Error(`${expression}: there is no metric ${symbol}`);
    if (values.get(symbol) === undefined) return undefined;
  }
  return z.number().parse(evaluate(expression, { ...Object.fromEntries(values), ...metricMath }));
}

function symbolsOutsideOfFill(node: MathNode): readonly string[] {
  if (node.type === 'FunctionNode') {
    const { fn, args } = z
      .object({ fn: z.object({ name: z.string() }), args: z.array(z.custom<MathNode>()) })
      .parse(node);
    return fn.name === 'FILL' ? [] : args.flatMap(symbolsOutsideOfFill);
  }
  if (node.type === 'SymbolNode') return [z.object({ name: z.string() }).parse(node).name];
  const inside: string[] = [];
  node.forEach((child) => {
    inside.push(...symbolsOutsideOfFill(child));
  });
  return inside;
}
