import * as z from 'zod';
import type { MetricDocument } from '../metric-line.ts';

/** The values of one metric, as a function or a service published them. */
export interface MetricValues {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

const numbersSchema = z.union([z.number().transform((value) => [value]), z.array(z.number())]);

/** The metrics in a document, as CloudWatch makes them of it: each metric once for each of its dimension sets. */
export function readMetrics({ _aws, ...fields }: MetricDocument): readonly MetricValues[] {
  return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(fields[name])]));
      return Metrics.flatMap(({ Name }) => {
        const values = numbersSchema.safeParse(fields[Name]);
        return values.success ? [{ namespace: Namespace, name: Name, dimensions, values: values.data }] : [];
      });
    }),
  );
}
