import * as z from 'zod';
import { options } from './config-parts.ts';

/** Of a partner's bus, whose name is that of its event source. No other bus has a name that begins like this. */
export const partnerBusPrefix = 'aws.partner/';

/** The suffix is what the administrator of the integration entered as Event Source Suffix. */
const sourceName = z
  .string()
  .regex(/^aws\.partner\/genesys\.com\/cloud\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[A-Za-z0-9._-]{1,64}$/, {
    error:
      "must be the name of a Genesys event source: 'aws.partner/genesys.com/cloud/ORGANISATION-ID/SUFFIX' (ORGANISATION-ID is a UUID in lower case)",
  });

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** EventBridge compares a topic with an event's `detail-type`, in which ids are left out: one with an id never matches. */
const topic = z
  .string()
  .regex(/^v2\.[A-Za-z0-9.{}_-]{1,200}$/, {
    error: "must be a topic as Genesys lists them, such as 'v2.detail.events.conversation.{id}.acd.end'",
  })
  .refine((text) => !uuid.test(text), { error: 'must have {id} in place of the id' });

/** EventBridge takes patterns of 2,048 characters. The source and what is around it take up to 200. */
const longestTopics = 1_800;

const topics = z
  .array(topic)
  .min(1, { error: 'must hold a topic, or be left out: nothing would come' })
  .refine((list) => JSON.stringify(list).length <= longestTopics, {
    error: `must be at most ${longestTopics} characters in all, because EventBridge takes no longer pattern: choose the topics in Genesys, or give some to another route`,
  });

/** Events that a route gets from a bus of Genesys's: `routes.NAME.eventBridge`. */
export const eventBridgeSchema = options({
  sourceName,
  topics: topics.optional(),
  deliver: z
    .enum(['envelope', 'detail'], {
      error: "must be 'envelope' (the whole event) or 'detail' (what Genesys put into it)",
    })
    .default('envelope'),
});

export type EventBridgeConfig = z.output<typeof eventBridgeSchema>;
