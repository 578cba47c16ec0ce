import * as z from 'zod';
import { verifySchema } from '../../infra/verify-config.ts';

/** What the stack's `Routes` output tells of one route. */
export const routeSchema = z.object({
  ingestUrl: z.string(),
  queueUrl: z.string(),
  deadLetterQueueUrl: z.string(),
  secretArn: z.string().optional(),
  verify: verifySchema.optional(),
  eventSourceName: z.string().optional(),
});

/** Routes by their names, the same in the local run's answer and in the stack's `Routes` output. */
export const routesSchema = z.record(z.string(), routeSchema).transform((routes) => new Map(Object.entries(routes)));
