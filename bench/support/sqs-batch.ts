import { randomUUID } from 'node:crypto';
import type { SQSEvent } from 'aws-lambda';
import { webhookAttributes } from '../../lambdas/contract/message-attributes.ts';
import { textEvent } from './text-event.ts';

/** A webhook of 2 KB, as its message's body and attributes. */
export function queuedWebhook(route: string) {
  const id = randomUUID();
  const attributes = webhookAttributes({
    eventId: `channel-1:Text:${id}`,
    route,
    receivedAtMs: Date.now(),
    contentType: 'application/json',
    signature: `sha256=${'A'.repeat(43)}=`,
  });
  return { id, body: textEvent(id, 2_000), attributes };
}

/** A batch as Lambda hands it to a route's processor. */
export function sqsBatch(route: string, queueArn: string, size: number): SQSEvent {
  return {
    Records: Array.from({ length: size }, () => {
      const { id, body, attributes } = queuedWebhook(route);
      return {
        messageId: id,
        receiptHandle: id,
        body,
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: String(Date.now()),
          SenderId: 'ingest',
          ApproximateFirstReceiveTimestamp: String(Date.now()),
        },
        messageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, { type, value }]) => [name, { dataType: type, stringValue: value }]),
        ),
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: queueArn,
        awsRegion: 'us-east-1',
      };
    }),
  };
}
