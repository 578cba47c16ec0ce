import * as z from 'zod';
import { parseJson } from '../../../lambdas/contract/parse-json.ts';
import type { PostAnswer } from './post-webhook.ts';
import type { Whereabouts } from './whereabouts.ts';

/** A webhook that was posted to the relay, and what is known of it. */
export interface SentWebhook {
  readonly answer: PostAnswer;
  /** As the relay answered it; undefined for one that was not accepted. */
  readonly eventId: string | undefined;
  readonly whereabouts: Whereabouts;
}

const acceptedSchema = z.object({ id: z.string() });

/** The event id in the answer to an accepted webhook; undefined in any other. */
export function answeredEventId({ status, body }: PostAnswer): string | undefined {
  const parsed = acceptedSchema.safeParse(parseJson(body));
  return status === 200 && parsed.success ? parsed.data.id : undefined;
}
