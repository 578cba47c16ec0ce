import * as z from 'zod';
import { verifySchema } from '../../infra/verify-config.ts';

const routeSchema = z.object({
  queueUrl: z.string(),
  deadLetterQueueUrl: z.string(),
  secretArn: z.string().optional(),
  ingestUrl: z.string(),
  verify: verifySchema.optional(),
  eventSourceName: z.string().optional(),
});

/** Routes by their names, the same in the local run's answer and in the stack's `Routes` output. */
export const routesSchema = z.record(z.string(), routeSchema).transform((routes) => new Map(Object.entries(routes)));
