import {
  attributeBytes,
  attributeNames,
  type MessageAttributes,
  number,
  text,
  type WebhookMetadata,
  webhookAttributes,
} from '../contract/message-attributes.ts';
import type { PayloadPointer } from '../contract/payload-pointer.ts';
import { writePointer } from '../contract/payload-pointer.ts';
import type { QueueMessage } from '../contract/ports.ts';
import { toSqsBody } from '../contract/sqs-safe-body.ts';

/** How a webhook travels: in the message itself, or in the payload bucket with a pointer in the message. */
export type PackedWebhook =
  | { readonly kind: 'inline'; readonly message: QueueMessage }
  | { readonly kind: 'offload'; readonly messageFor: (pointer: PayloadPointer) => QueueMessage };

/**
 * Decides by the size that SQS would count, body and attributes together, as Amazon's extended clients do.
 *
 * @param inlineLimitBytes the largest message that carries its body itself
 */
export function packWebhook(bytes: Uint8Array, webhook: WebhookMetadata, inlineLimitBytes: number): PackedWebhook {
  const attributes = webhookAttributes(webhook);
  if (bytes.byteLength + attributeBytes(attributes) <= inlineLimitBytes) {
    const message = inlineMessage(bytes, attributes);
    // Base64 adds a third, so that a body just under the limit can be over it as a message.
    if (messageBytes(message) <= inlineLimitBytes) return { kind: 'inline', message };
  }
  return {
    kind: 'offload',
    messageFor: (pointer) => ({
      body: writePointer(pointer),
      attributes: { ...attributes, [attributeNames.extendedPayloadSize]: number(bytes.byteLength) },
    }),
  };
}

function inlineMessage(bytes: Uint8Array, attributes: MessageAttributes): QueueMessage {
  const body = toSqsBody(bytes);
  return body.encoding === 'base64'
    ? { body: body.text, attributes: { ...attributes, [attributeNames.bodyEncoding]: text('base64') } }
    : { body: body.text, attributes };
}

function messageBytes(message: QueueMessage): number {
  return Buffer.byteLength(message.body) + attributeBytes(message.attributes);
}
