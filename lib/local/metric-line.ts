import * as z from 'zod';
import { parseJson } from '../../lambdas/contract/parse-json.ts';

const embeddedMetricSchema = z.looseObject({ _aws: z.looseObject({}) });

/** Whether a function wrote this line for CloudWatch, which makes metrics of it (the "embedded metric format"). */
export function isMetricLine(line: string): boolean {
  return line.startsWith('{') && embeddedMetricSchema.safeParse(parseJson(line)).success;
}
