import * as z from 'zod/mini';
import { parseJson } from './parse-json.ts';

/*
 * Messages that lie in the payload bucket for a while, each an object of JSON: webhooks that SQS did not take
 * (`spill/`), and copies of events that a paused destination is tried with (`trials/`).
 */

const messageSchema = z.object({
  body: z.string(),
  attributes: z.record(z.string(), z.object({ type: z.enum(['String', 'Number']), value: z.string() })),
  traceHeader: z.optional(z.string()),
});

const spilledSchema = z.object({ route: z.string(), message: messageSchema });

/** A webhook that was accepted and is not yet on its queue. */
export type SpilledWebhook = z.infer<typeof spilledSchema>;

export const trialMessageSchema = z.object({
  messageId: z.string(),
  /** The hold on its original, which is hidden: to show it again, or to take it off the queue. */
  receiptHandle: z.string(),
  message: messageSchema,
});

/** A copy of a message on a route's queue. */
export type TrialMessage = z.infer<typeof trialMessageSchema>;

/** Never expires: what lies here was promised to the sender. */
export const spillPrefix = 'spill/';

/** Copies, whose originals are on the queue. */
export const trialPrefix = 'trials/';

/**
 * S3 lists keys in their order, so the oldest spilled webhook comes first: 15 digits, as epoch ms for a long time. The
 * route is at the end, so that they can be counted without a look into each.
 */
export function spillKey(receivedAtMs: number, id: string, route: string): string {
  return `${spillPrefix}${String(receivedAtMs).padStart(15, '0')}-${id}.${route}`;
}

/** Undefined for a key of an earlier version, which had no route. */
export function routeOfSpillKey(key: string): string | undefined {
  return /\.([^./]+)$/.exec(key)?.[1];
}

/** `id` is a UUID. */
export function trialKey(route: string, id: string): string {
  return `${trialPrefix}${route}/${id}`;
}

export function writeSpilled(spilled: SpilledWebhook): string {
  return JSON.stringify(spilled);
}

/** Undefined for a text that the relay cannot have written. */
export function readSpilled(text: string): SpilledWebhook | undefined {
  const parsed = z.safeParse(spilledSchema, parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

export function writeTrialMessage(trial: TrialMessage): string {
  return JSON.stringify(trial);
}

/** Undefined for a text that the relay cannot have written. */
export function readTrialMessage(text: string): TrialMessage | undefined {
  const parsed = z.safeParse(trialMessageSchema, parseJson(text));
  return parsed.success ? parsed.data : undefined;
}
