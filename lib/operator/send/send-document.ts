import type { SentWebhook } from './sent-webhook.ts';
import { isWell } from './whereabouts.ts';

/**
 * The one object of `relay send --json`. Scripts read it: names and types stay, fields may join. What does not apply is
 * null, never left out.
 */
export function sendDocument(route: string, sent: readonly SentWebhook[], waited: boolean) {
  return {
    route,
    sent: sent.length,
    /** Whether each is at its destination; with `--no-wait`, whether each was accepted. */
    well: sent.every(({ answer, whereabouts }) => (waited ? isWell(whereabouts) : answer.status === 200)),
    webhooks: sent.map(({ answer, eventId, whereabouts }) => ({
      eventId: eventId ?? null,
      /** `refused`, `stored`, `delivering`, `delivered`, `dead-letter`, `duplicate` or `paused`. */
      outcome: whereabouts.kind,
      httpStatus: answer.status,
      answeredInMs: answer.tookMs,
      attempts: 'attempts' in whereabouts ? whereabouts.attempts : null,
      lastStatus: whereabouts.kind === 'delivered' ? (whereabouts.lastStatus ?? null) : null,
      lastError: 'lastError' in whereabouts ? (whereabouts.lastError ?? null) : null,
      deliveredInMs: whereabouts.kind === 'delivered' ? (whereabouts.tookMs ?? null) : null,
    })),
  };
}
