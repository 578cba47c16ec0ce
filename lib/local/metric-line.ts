import * as z from 'zod';
import { parseJson } from '../../lambdas/contract/parse-json.ts';

const metricDocumentSchema = z.looseObject({
  _aws: z.object({
    /** Epoch ms. */
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ),
  }),
});

/**
 * What CloudWatch makes metrics of: the "embedded metric format". Values of metrics and of dimensions are fields beside
 * `_aws`, by their names; a metric may have several.
 */
export type MetricDocument = z.output<typeof metricDocumentSchema>;

/** The metrics in a line of a function's output, be it a step's line or one of metrics alone; undefined for none. */
export function parseMetricLine(line: string): MetricDocument | undefined {
  if (!line.startsWith('{')) return undefined;
  const parsed = metricDocumentSchema.safeParse(parseJson(line));
  return parsed.success ? parsed.data : undefined;
}
