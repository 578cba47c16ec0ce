import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { PoisonMessageError } from '../../lambdas/contract/errors.ts';
import { type MessageAttributes, number, text } from '../../lambdas/contract/message-attributes.ts';
import { writePointer } from '../../lambdas/contract/payload-pointer.ts';
import { loadBody, readDelivery } from '../../lambdas/processor/read-delivery.ts';
import { unavailable } from '../support/fail-calls.ts';
import { memoryPayloadStore } from '../support/memory-payload-store.ts';
import { startMs } from '../support/settable-clock.ts';
import { eventId, receivedMessage, route, signature } from '../support/sqs-record.ts';

const own = { route, bucket: 'payload-bucket' };
const key = `payloads/${route}/5d1a7a3e-2f0c-4c3a-9c55-0f4be3f1f001`;
const size = { ExtendedPayloadSize: number(300_000) };

function read(body: string, extra: MessageAttributes = {}) {
  return readDelivery(receivedMessage({ body, attributes: { ...receivedMessage().attributes, ...extra } }), own);
}

function readBare(body: string, attributes: MessageAttributes = {}) {
  return readDelivery(receivedMessage({ body, attributes }), own);
}

function causeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof PoisonMessageError) return error.deadLetterCause;
    throw error;
  }
  return 'no poison at all';
}

describe('a message of the relay', () => {
  test('tells everything about its webhook', () => {
    expect(read('{"id":"message-1"}')).toEqual({
      eventId,
      receivedAtMs: startMs - 40,
      contentType: 'application/json',
      signature,
      body: { kind: 'inline', bytes: Buffer.from('{"id":"message-1"}') },
      redrive: undefined,
    });
  });

  test('in base64 is read as the bytes behind it', () => {
    const bytes = Buffer.of(0xff, 0x00, 0x80);
    expect(read(bytes.toString('base64'), { BodyEncoding: text('base64') }).body).toEqual({ kind: 'inline', bytes });
  });

  test.each([
    ['as the relay and Java write it', writePointer({ bucket: own.bucket, key })],
    [
      'as Python writes it, with spaces',
      `["software.amazon.payloadoffloading.PayloadS3Pointer", {"s3BucketName": "payload-bucket", "s3Key": "${key}"}]`,
    ],
    [
      'as Java 1 wrote it',
      writePointer({ bucket: own.bucket, key }).replace(
        /software[^"]+/,
        'com.amazon.sqs.javamessaging.MessageS3Pointer',
      ),
    ],
  ])('is offloaded where it holds a pointer %s', (_form, pointer) => {
    expect(read(pointer, size).body).toEqual({ kind: 'offloaded', pointer: { bucket: own.bucket, key } });
    expect(read(pointer, { SQSLargePayloadSize: number(300_000) }).body).toMatchObject({ kind: 'offloaded' });
  });

  test('that looks like a pointer but has no size is a webhook like any other', () => {
    expect(read(writePointer({ bucket: 'theirs', key: 'secret' })).body).toMatchObject({ kind: 'inline' });
  });

  test.each([
    ['redriven by SQS, which keeps the cause', { Cause: text('rejected') }, { kind: 'by-sqs' }],
    ['redriven by the operator', { RedrivenAt: number(startMs) }, { kind: 'by-operator', atMs: startMs }],
  ])('is known as %s', (_how, extra, redrive) => {
    expect(read('x', extra).redrive).toEqual(redrive);
  });
});

describe('a message that an operator sent by hand', () => {
  test('needs nothing but its body', () => {
    expect(readBare('{"a":1}')).toEqual({
      eventId: createHash('sha256').update('{"a":1}').digest('hex'),
      receivedAtMs: startMs - 20,
      contentType: undefined,
      signature: undefined,
      body: { kind: 'inline', bytes: Buffer.from('{"a":1}') },
      redrive: undefined,
    });
  });

  test('may be a pointer to a payload of this route', () => {
    expect(readBare(writePointer({ bucket: own.bucket, key })).body).toMatchObject({ kind: 'offloaded' });
  });

  test('may bring attributes of its own', () => {
    expect(readBare('x', { TraceId: text('t') }).body).toMatchObject({ kind: 'inline' });
  });
});

describe('a poison message', () => {
  test.each([
    ['to a foreign bucket', { bucket: 'theirs', key }],
    ['outside the prefix', { bucket: own.bucket, key: 'private/data' }],
    ['into another route', { bucket: own.bucket, key: 'payloads/other/5d1a7a3e' }],
    ['out of the prefix again', { bucket: own.bucket, key: `payloads/${route}/../other/5d1a7a3e` }],
    ['to the folder itself', { bucket: own.bucket, key: `payloads/${route}/` }],
  ])('points %s, with a size or without', (_where, pointer) => {
    expect(causeOf(() => read(writePointer(pointer), size))).toBe('foreign-pointer');
    expect(causeOf(() => readBare(writePointer(pointer)))).toBe('foreign-pointer');
  });

  test.each([
    ['has a size but no pointer', 'just text', size],
    ['has a size and half a pointer', '["software.amazon.payloadoffloading.PayloadS3Pointer",{}]', size],
    ['is not the base64 that it says', 'not base64!', { BodyEncoding: text('base64') }],
    ['is in an encoding that the relay does not write', 'x', { BodyEncoding: text('gzip') }],
    ['has a time that is none', 'x', { ReceivedAt: text('yesterday') }],
    ['has an event id with white space', 'x', { EventId: text('a b') }],
    ['has an event id that no header could carry', 'x', { EventId: text('a\nb') }],
    ['has an endless event id', 'x', { EventId: text('a'.repeat(257)) }],
  ])('%s', (_what, body, extra) => {
    expect(causeOf(() => read(body, extra))).toBe('malformed-message');
  });

  test('belongs to another route', () => {
    expect(causeOf(() => read('x', { Route: text('other') }))).toBe('wrong-route');
  });
});

describe('an offloaded body', () => {
  const body = { kind: 'offloaded', pointer: { bucket: own.bucket, key } } as const;

  test('is loaded from the bucket', async () => {
    const payloads = memoryPayloadStore();
    await payloads.put(key, Buffer.from('large'), undefined);
    expect(Buffer.from(await loadBody(body, payloads, 1_000)).toString()).toBe('large');
  });

  test('that is gone is poison', async () => {
    await expect(loadBody(body, memoryPayloadStore(), 1_000)).rejects.toMatchObject({
      deadLetterCause: 'payload-missing',
    });
  });

  test('that cannot be had just now is not', async () => {
    const payloads = { ...memoryPayloadStore(), get: unavailable };
    await expect(loadBody(body, payloads, 1_000)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  test('is never asked for where the body is in the message', async () => {
    const payloads = { ...memoryPayloadStore(), get: unavailable };
    const bytes = Buffer.from('small');
    expect(await loadBody({ kind: 'inline', bytes }, payloads, 1_000)).toBe(bytes);
  });
});
