import * as z from 'zod';
import { parseJson } from '../../lambdas/contract/parse-json.ts';

const liveStepSchema = z.looseObject({
  step: z.string(),
  route: z.string(),
  eventId: z.string().optional(),
  attempt: z.number().optional(),
});

/**
 * One step of a webhook's way as the run tells it: a `Step` of the contract with whatever else the function logged
 * beside it, or a native redrive, which no function sees.
 */
export type LiveStep = z.output<typeof liveStepSchema>;

/** The step in a line of a function's output, without what tells CloudWatch of its metrics; undefined for any other line. */
export function parseStepLine(line: string): LiveStep | undefined {
  if (!line.startsWith('{')) return undefined;
  const parsed = liveStepSchema.safeParse(parseJson(line));
  if (!parsed.success) return undefined;
  const { _aws, ...step } = parsed.data;
  return step;
}
