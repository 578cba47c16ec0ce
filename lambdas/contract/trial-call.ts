import * as z from 'zod/mini';
import { trialMessageSchema } from './parked-message.ts';

/** How the scheduled function asks a processor to try its destination with one event. */
export const trialRequestSchema = z.object({ trial: trialMessageSchema });

export type TrialRequest = z.infer<typeof trialRequestSchema>;

/** What came of it. */
export const trialResultSchema = z.discriminatedUnion('outcome', [
  /** The destination answered as one that is well: it took the event, or refused just this one for good. */
  z.object({ outcome: z.literal('answered') }),
  z.object({
    outcome: z.literal('failed'),
    error: z.string(),
    /** The destination said something about all events, and not about this one. */
    halt: z.optional(z.enum(['unauthorized', 'gone'])),
    /** The destination asked for no POST before this moment. */
    waitUntilMs: z.optional(z.number()),
  }),
  /** The event is settled already, or somebody else has it: try another. */
  z.object({ outcome: z.literal('not-posted') }),
  /** A service of ours could not be used: nothing was learned about the destination. */
  z.object({ outcome: z.literal('unknown'), error: z.string() }),
]);

export type TrialResult = z.infer<typeof trialResultSchema>;
