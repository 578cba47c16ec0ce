import * as z from 'zod/mini';

/** What the run tells a function's process. One invocation at a time, as on Lambda. */
export const commandSchema = z.object({
  kind: z.literal('invoke'),
  requestId: z.string(),
  deadlineMs: z.number(),
  event: z.unknown(),
});

export type Command = z.infer<typeof commandSchema>;

/** What a function's process tells the run. */
export const reportSchema = z.discriminatedUnion('kind', [
  /** The module is loaded. */
  z.object({ kind: z.literal('ready') }),
  /** The module could not be loaded; the process ends. */
  z.object({ kind: z.literal('not-loaded'), error: z.string() }),
  /** The handler is about to be called. */
  z.object({ kind: z.literal('started'), requestId: z.string() }),
  /** `value` is absent when the handler returned undefined: JSON cannot carry it. */
  z.object({ kind: z.literal('returned'), requestId: z.string(), value: z.optional(z.unknown()) }),
  z.object({ kind: z.literal('threw'), requestId: z.string(), error: z.string() }),
]);

export type Report = z.infer<typeof reportSchema>;

/** What a function's process is started with, as its only argument in JSON. */
export const hostedFunctionSchema = z.object({
  name: z.string(),
  arn: z.string(),
  modulePath: z.string(),
  exportName: z.string(),
  memoryMegabytes: z.number(),
});

export type HostedFunction = z.infer<typeof hostedFunctionSchema>;
