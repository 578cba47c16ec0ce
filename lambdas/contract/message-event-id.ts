import { createHash } from 'node:crypto';
import type { KnownAttributes } from './message-attributes.ts';

/**
 * The event id of a message on a queue. One that was sent by hand, or by another client, has none of its own and goes
 * by its body; never by its SQS message id, which a redrive replaces.
 */
export function messageEventId(body: string, known: KnownAttributes): string {
  return known.EventId ?? createHash('sha256').update(body).digest('hex');
}
