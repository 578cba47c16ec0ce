import * as z from 'zod/mini';
import type { KnownAttributes } from './message-attributes.ts';
import { parseJson } from './parse-json.ts';

/**
 * The claim check of Amazon's SQS Extended Client Libraries, byte for byte, so that the Java and Python clients can
 * read our queues: awslabs/payload-offloading-java-common-lib-for-aws, `PayloadS3Pointer`.
 */
const pointerClass = 'software.amazon.payloadoffloading.PayloadS3Pointer';

/** What the Java client wrote before version 2: read, never written. */
const legacyPointerClass = 'com.amazon.sqs.javamessaging.MessageS3Pointer';

/** Where an offloaded body lies. */
export interface PayloadPointer {
  readonly bucket: string;
  readonly key: string;
}

/** The message body that stands for an offloaded payload: a two-element JSON array without spaces, as Jackson writes it. */
export function writePointer(pointer: PayloadPointer): string {
  return JSON.stringify([pointerClass, { s3BucketName: pointer.bucket, s3Key: pointer.key }]);
}

const pointerSchema = z.tuple([
  z.enum([pointerClass, legacyPointerClass]),
  z.object({ s3BucketName: z.string(), s3Key: z.string() }),
]);

/** The pointer in a message body (Python writes spaces after commas and colons); undefined when it is none. */
export function readPointer(body: string): PayloadPointer | undefined {
  const parsed = z.safeParse(pointerSchema, parseJson(body));
  if (!parsed.success) return undefined;
  const [, { s3BucketName, s3Key }] = parsed.data;
  return { bucket: s3BucketName, key: s3Key };
}

/**
 * Whether a message stands for an offloaded body. The size attribute says so, as in Amazon's clients: a webhook of
 * ours may well look like a pointer and is still a webhook. Without any attribute of ours, the look is all there is.
 */
export function isClaimCheck(body: string, known: KnownAttributes): boolean {
  if (known.ExtendedPayloadSize !== undefined || known.SQSLargePayloadSize !== undefined) return true;
  return known.EventId === undefined && readPointer(body) !== undefined;
}

/** Where the payload bucket holds bodies: lifecycle rules and permissions are tied to it. */
export const payloadPrefix = 'payloads/';

/** The key of a new payload of a route. `id` is a UUID: keys must not be guessable from an event. */
export function payloadKey(route: string, id: string): string {
  return `${payloadPrefix}${route}/${id}`;
}

/**
 * Whether a pointer leads to a payload of this very route. A pointer is whatever someone put into a message: followed
 * blindly it would make the processor read any object its role can, and post it to the destination.
 */
export function isOwnPointer(pointer: PayloadPointer, own: { bucket: string; route: string }): boolean {
  const prefix = payloadKey(own.route, '');
  return (
    pointer.bucket === own.bucket &&
    pointer.key.startsWith(prefix) &&
    /^[A-Za-z0-9-]{1,128}$/.test(pointer.key.slice(prefix.length))
  );
}
