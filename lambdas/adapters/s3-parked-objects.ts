import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { ParkedObjects } from '../contract/ports.ts';
import { callLimits } from './call-limits.ts';
import { type CallOptions, callWithin } from './call-within.ts';

/** Texts in the payload bucket: spilled webhooks, and the copies that a paused destination is tried with. */
export function s3ParkedObjects(bucket: string, client: S3Client = new S3Client(callLimits)): ParkedObjects {
  async function read(key: string, options: CallOptions): Promise<string> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), options);
    if (Body === undefined) throw new Error('S3 answered without a body');
    return Body.transformToString();
  }

  return {
    async put(key, text, withinMs) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: Buffer.from(text),
        ContentType: 'application/json',
      });
      try {
        await callWithin(withinMs, (options) => client.send(command, options));
      } catch (error) {
        throw new ServiceUnavailableError('S3 did not store the parked message', error);
      }
    },

    async get(key) {
      try {
        return await callWithin(undefined, (options) => read(key, options));
      } catch (error) {
        // Only this says that the object is gone. AccessDenied may be a broken policy, to be mended and retried.
        if (error instanceof NoSuchKey) return 'missing';
        throw new ServiceUnavailableError('S3 did not return the parked message', error);
      }
    },

    async delete(key) {
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
      try {
        await callWithin(undefined, (options) => client.send(command, options));
      } catch (error) {
        throw new ServiceUnavailableError('S3 did not delete the parked message', error);
      }
    },

    async list(prefix, after) {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(after === undefined ? {} : { StartAfter: after }),
      });
      try {
        const { Contents = [] } = await callWithin(undefined, (options) => client.send(command, options));
        return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
      } catch (error) {
        throw new ServiceUnavailableError('S3 did not list the parked messages', error);
      }
    },
  };
}
