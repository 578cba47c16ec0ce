import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readPointer, writePointer } from '../../lambdas/contract/payload-pointer.ts';
import { anyStrings, byteStrings, jsonBodies } from '../support/arbitraries.ts';

const pointer = { bucket: 'B', key: 'K' };

describe('a pointer that the relay writes', () => {
  test('has the exact bytes of the Java extended client', () => {
    expect(writePointer(pointer)).toBe(
      '["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"B","s3Key":"K"}]',
    );
  });

  test('reads back as the same bucket and key, whatever characters they have', () => {
    fc.assert(
      fc.property(anyStrings, anyStrings, (bucket, key) => {
        expect(readPointer(writePointer({ bucket, key }))).toEqual({ bucket, key });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a pointer that another client wrote is read', () => {
  test.each([
    [
      'by the Python client, with spaces',
      '["software.amazon.payloadoffloading.PayloadS3Pointer", {"s3BucketName": "B", "s3Key": "K"}]',
    ],
    [
      'by the Java client before version 2',
      '["com.amazon.sqs.javamessaging.MessageS3Pointer",{"s3BucketName":"B","s3Key":"K"}]',
    ],
    [
      'with the members the other way round',
      '["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3Key":"K","s3BucketName":"B"}]',
    ],
  ])('%s', (_, body) => {
    expect(readPointer(body)).toEqual(pointer);
  });
});

describe('a body is no pointer', () => {
  const pointerClass = 'software.amazon.payloadoffloading.PayloadS3Pointer';
  const location = { s3BucketName: 'B', s3Key: 'K' };

  test.each([
    ['an empty text', ''],
    ['text that is not JSON', `${writePointer(pointer)},`],
    ['a pointer cut short', writePointer(pointer).slice(0, -1)],
    ['a pointer in a string', JSON.stringify(writePointer(pointer))],
    ['an ordinary webhook', '{"id":"3f1c9a0be2d84b6f9a7d5c2e1b0a4f33","type":"Text"}'],
    ['null', 'null'],
    ['the location alone', JSON.stringify(location)],
    ['the class alone', JSON.stringify([pointerClass])],
    ['a third element', JSON.stringify([pointerClass, location, null])],
    ['two pointers', JSON.stringify([[pointerClass, location]])],
    ['the elements the other way round', JSON.stringify([location, pointerClass])],
    ['an object in place of the array', JSON.stringify({ 0: pointerClass, 1: location })],
    ['another class', JSON.stringify(['software.amazon.payloadoffloading.PayloadS3Pointers', location])],
    ['the class in another case', JSON.stringify([pointerClass.toLowerCase(), location])],
    ['the class with a space', JSON.stringify([`${pointerClass} `, location])],
    ['no key', JSON.stringify([pointerClass, { s3BucketName: 'B' }])],
    ['no bucket', JSON.stringify([pointerClass, { s3Key: 'K' }])],
    ['a key that is a number', JSON.stringify([pointerClass, { s3BucketName: 'B', s3Key: 1 }])],
    ['a bucket that is null', JSON.stringify([pointerClass, { s3BucketName: null, s3Key: 'K' }])],
    ['member names in another case', JSON.stringify([pointerClass, { S3BucketName: 'B', S3Key: 'K' }])],
    ['an array for the location', JSON.stringify([pointerClass, ['B', 'K']])],
  ])('when it is %s', (_, body) => {
    expect(readPointer(body)).toBeUndefined();
  });

  test('when it is any JSON or any bytes that a sender may send', () => {
    fc.assert(
      fc.property(fc.oneof(jsonBodies, byteStrings), (bytes) => {
        expect(readPointer(Buffer.from(bytes).toString('utf8'))).toBeUndefined();
      }),
    );
  });
});
