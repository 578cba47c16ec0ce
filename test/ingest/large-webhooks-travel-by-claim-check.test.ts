import { describe, expect, test } from '@jest/globals';
import { attributeBytes, webhookAttributes } from '../../lambdas/contract/message-attributes.ts';
import { packWebhook } from '../../lambdas/ingest/pack-webhook.ts';
import { startMs } from '../support/settable-clock.ts';

const limitBytes = 1_024;
const webhook = { eventId: 'e-1', route: 'open-messaging', receivedAtMs: startMs, contentType: 'application/json' };
const ownBytes = attributeBytes(webhookAttributes(webhook));
const pointer = { bucket: 'B', key: 'K' };

function packed(bytes: Uint8Array) {
  return packWebhook(bytes, webhook, limitBytes);
}

describe('a webhook', () => {
  test('of exactly the limit with its attributes travels in its message', () => {
    const body = 'x'.repeat(limitBytes - ownBytes);
    expect(packed(Buffer.from(body))).toEqual({
      kind: 'inline',
      message: { body, attributes: webhookAttributes(webhook) },
    });
  });

  test('of one byte more is offloaded', () => {
    expect(packed(Buffer.alloc(limitBytes - ownBytes + 1, 'x')).kind).toBe('offload');
  });

  test('is measured in bytes, not in characters', () => {
    const fits = (limitBytes - ownBytes) / 3;
    expect(packed(Buffer.from('☃'.repeat(Math.floor(fits)))).kind).toBe('inline');
    expect(packed(Buffer.from('☃'.repeat(Math.floor(fits) + 1))).kind).toBe('offload');
  });

  test('that base64 pushes over the limit is offloaded, to the byte', () => {
    const encodingBytes = attributeBytes({ BodyEncoding: { type: 'String', value: 'base64' } });
    const mostBytes = Math.floor((limitBytes - ownBytes - encodingBytes) / 4) * 3;
    expect(packed(Buffer.alloc(mostBytes, 0xff))).toMatchObject({
      kind: 'inline',
      message: {
        body: Buffer.alloc(mostBytes, 0xff).toString('base64'),
        attributes: { BodyEncoding: { type: 'String', value: 'base64' } },
      },
    });
    expect(packed(Buffer.alloc(mostBytes + 1, 0xff)).kind).toBe('offload');
  });

  test('counts a long signature and content type against the limit', () => {
    const body = Buffer.alloc(limitBytes - ownBytes, 'x');
    expect(packWebhook(body, { ...webhook, signature: 's' }, limitBytes).kind).toBe('offload');
  });
});

describe('the message of an offloaded webhook', () => {
  test('is the pointer of the extended clients, with the size of the body and all its attributes', () => {
    const bytes = Buffer.alloc(5_000, 'x');
    const result = packed(bytes);
    expect(result.kind === 'offload' && result.messageFor(pointer)).toEqual({
      body: '["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"B","s3Key":"K"}]',
      attributes: { ...webhookAttributes(webhook), ExtendedPayloadSize: { type: 'Number', value: '5000' } },
    });
  });

  test('of bytes that are no text tells their own number, and no encoding: S3 holds them as they are', () => {
    const result = packed(Buffer.alloc(5_001, 0xff));
    const message = result.kind === 'offload' ? result.messageFor(pointer) : undefined;
    expect(message?.attributes).toMatchObject({ ExtendedPayloadSize: { type: 'Number', value: '5001' } });
    expect(message?.attributes).not.toHaveProperty('BodyEncoding');
  });
});
