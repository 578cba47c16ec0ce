import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { PayloadPointer } from '../contract/payload-pointer.ts';
import type { PayloadStore } from '../contract/ports.ts';
import { callLimits } from './call-limits.ts';
import { callWithin } from './call-within.ts';

/** Offloaded bodies in the payload bucket. */
export function s3PayloadStore(bucket: string, client: S3Client = new S3Client(callLimits)): PayloadStore {
  async function read({ bucket: Bucket, key: Key }: PayloadPointer, deadline: AbortSignal): Promise<Uint8Array> {
    // The client's own limits end with the headers; the signal reaches the body, too, should that stall.
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal: deadline });
    if (Body === undefined) throw new Error('S3 answered without a body');
    return Body.transformToByteArray();
  }

  return {
    bucket,

    async put(key, bytes, contentType, withinMs) {
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: contentType });
      try {
        await callWithin(withinMs, (options) => client.send(command, options));
      } catch (error) {
        throw new ServiceUnavailableError('S3 did not store the payload', error);
      }
    },

    async get(pointer, withinMs) {
      try {
        return await read(pointer, AbortSignal.timeout(withinMs));
      } catch (error) {
        // Only this says that the object is gone. AccessDenied may be a broken policy, to be mended and retried.
        if (error instanceof NoSuchKey) return 'missing';
        throw new ServiceUnavailableError('S3 did not return the payload', error);
      }
    },
  };
}
