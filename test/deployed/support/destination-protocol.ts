import * as z from 'zod';

export const answerSchema = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
});

/** How the destination under test is to answer a delivery. */
export type ScriptedAnswer = z.infer<typeof answerSchema>;

export const deliverySchema = z.object({
  atMs: z.number(),
  headers: z.record(z.string(), z.string()),
  bodyBase64: z.string(),
  /** What it was answered. */
  status: z.number(),
});

/** One POST that the destination under test got. */
export type Delivery = z.infer<typeof deliverySchema>;
