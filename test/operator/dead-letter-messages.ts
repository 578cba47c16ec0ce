import { type MessageAttributes, number, text, webhookAttributes } from '../../lambdas/contract/message-attributes.ts';
import { busFailure, envelope } from '../support/bus-event.ts';
import type { TestMessage } from './emulated-relay.ts';

export const receivedAtMs = 1_790_000_000_000;

/** A webhook as ingest puts it on the queue: what SQS moves natively has exactly these attributes. */
export function webhookMessage(eventId: string, body = `{"id":"${eventId}"}`): TestMessage {
  return { body, attributes: webhook(eventId) };
}

/** A dead letter as the processor sends it. */
export function rejectedMessage(eventId: string, extra: MessageAttributes = {}): TestMessage {
  const cause = { Cause: text('rejected'), LastStatus: number(422), Attempts: number(1) };
  return { body: `{"id":"${eventId}"}`, attributes: { ...webhook(eventId), ...cause, ...extra } };
}

/** An event of a bus that EventBridge sent to the dead letters. */
export const lostEvent: TestMessage = {
  body: envelope,
  attributes: Object.fromEntries(Object.entries(busFailure).map(([name, value]) => [name, text(value)])),
};

function webhook(eventId: string): MessageAttributes {
  return webhookAttributes({
    eventId,
    route: 'main',
    receivedAtMs,
    contentType: 'application/json',
    signature: 'sha256=abc',
  });
}
