import { webhookAttributes } from '../../lambdas/contract/message-attributes.ts';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';
import { startMs } from './settable-clock.ts';

export const route = 'open-messaging';
export const eventId = 'channel-1:Text:message-1';
export const signature = 'sha256=sbFVGmXBzX7jiZXPbaSvIenmRTJ+qpBJii3drlhGCyw=';

/** A webhook of the route as its processor receives it, changed where a test needs it to be. */
export function receivedMessage(changes: Partial<ReceivedMessage> = {}): ReceivedMessage {
  return {
    messageId: 'sqs-message-1',
    receiptHandle: 'receipt-1',
    body: '{"id":"message-1"}',
    attributes: webhookAttributes({
      eventId,
      route,
      receivedAtMs: startMs - 40,
      contentType: 'application/json',
      signature,
    }),
    sentAtMs: startMs - 20,
    receiveCount: 1,
    ...changes,
  };
}
