import * as z from 'zod';
import { verifySchema } from '../../infra/verify-config.ts';

const routeQueuesSchema = z.object({
  queueUrl: z.string(),
  deadLetterQueueUrl: z.string(),
  secretArn: z.string().optional(),
  ingestUrl: z.string().optional(),
  verify: verifySchema.optional(),
  eventSourceName: z.string().optional(),
});

/** Route name to its queues, the same in the local run's answer and in the stack's `Routes` output. */
export const routesSchema = z
  .record(z.string(), routeQueuesSchema)
  .transform((routes) => new Map(Object.entries(routes)));
