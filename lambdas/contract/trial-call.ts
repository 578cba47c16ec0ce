import * as z from 'zod/mini';
import { trialMessageSchema } from './parked-message.ts';

/** How the scheduled function asks a processor to try its destination with one event. */
export const trialRequestSchema = z.object({
  trial: trialMessageSchema,
  /** When the destination last took an event, as far as the breaker knows; 0 when it does not. */
  lastDeliveredAtMs: z.number(),
});

export type TrialRequest = z.infer<typeof trialRequestSchema>;

/** What came of it. */
export const trialResultSchema = z.discriminatedUnion('outcome', [
  /** The destination answered as one that is well: it took the event, or refused just this one. */
  z.object({
    outcome: z.literal('answered'),
    delivered: z.boolean(),
    /** When the event is to be tried again; absent for one that is settled. */
    againInSeconds: z.optional(z.number()),
  }),
  z.object({
    outcome: z.literal('failed'),
    error: z.string(),
    /** Whether it speaks against the destination, or against the event alone: others were delivered since it last failed. */
    blames: z.enum(['destination', 'event']),
    /** The destination said something about all events, and not about this one. */
    halt: z.optional(z.enum(['unauthorized', 'gone'])),
    /** The destination asked for no POST before this moment. */
    waitUntilMs: z.optional(z.number()),
  }),
  /** The event is settled already, or not due for long: try another. */
  z.object({
    outcome: z.literal('not-posted'),
    /** As above. */
    againInSeconds: z.optional(z.number()),
  }),
  /** A service of ours could not be used: nothing was learned about the destination. */
  z.object({ outcome: z.literal('unknown'), error: z.string() }),
]);

export type TrialResult = z.infer<typeof trialResultSchema>;
