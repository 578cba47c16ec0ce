import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { SecretOptions } from '../../lambdas/contract/ports.ts';
import { verifyRequest } from '../../lambdas/ingest/verify-request.ts';
import { byteStrings } from '../support/arbitraries.ts';
import { startMs } from '../support/settable-clock.ts';
import { secret, secretArn, signatureOf, signed } from '../support/signed-request.ts';

const body = '{"id":"3f1c9a0be2d84b6f9a7d5c2e1b0a4f33","type":"Text","text":"Hello"}';

/** Computed apart from this code, for `test-secret-token-0001` and the body above. */
const knownSignature = 'sha256=sbFVGmXBzX7jiZXPbaSvIenmRTJ+qpBJii3drlhGCyw=';

async function verify(header: string | undefined, bytes: string | Uint8Array = body, secrets: string[] = [secret]) {
  let reads = 0;
  const headers = header === undefined ? {} : { 'x-hub-signature-256': header };
  const source = async () => {
    reads += 1;
    return secrets;
  };
  const result = await verifyRequest(
    signed(bytes, { headers }),
    { kind: 'open-messaging', secretArn },
    source,
    startMs,
  );
  return { result, reads };
}

describe('an Open Messaging signature', () => {
  test('is base64 HMAC-SHA256 of the raw body, and goes on with the webhook as it was received', async () => {
    const { result } = await verify(knownSignature);
    expect(result).toEqual({ kind: 'verified', signature: knownSignature });
  });

  test('holds for any bytes, and for no others', async () => {
    await fc.assert(
      fc.asyncProperty(byteStrings, byteStrings, async (bytes, others) => {
        expect((await verify(signatureOf(bytes), bytes)).result.kind).toBe('verified');
        const same = Buffer.compare(bytes, others) === 0;
        expect((await verify(signatureOf(bytes), others)).result.kind).toBe(same ? 'verified' : 'refused');
      }),
    );
  });

  test('holds for a secret beyond ASCII, taken as UTF-8', async () => {
    const { result } = await verify(signatureOf(body, 'schlüssel-☃-0001'), body, ['schlüssel-☃-0001']);
    expect(result.kind).toBe('verified');
  });

  test('may be of any of the valid secrets', async () => {
    expect((await verify(knownSignature, body, ['old', secret])).result.kind).toBe('verified');
    expect((await verify(knownSignature, body, [secret, 'new'])).result.kind).toBe('verified');
    expect((await verify(knownSignature, body, ['old', 'new'])).result.kind).toBe('refused');
  });

  test.each([
    ['of another secret', signatureOf(body, 'another-secret-token')],
    ['of another body', signatureOf(`${body} `)],
  ])('%s does not match', async (_case, header) => {
    expect((await verify(header)).result).toEqual({ kind: 'refused', reason: 'signature-mismatch' });
  });

  test('of the body parsed and written again does not match: the escapes are gone', async () => {
    const escaped = '{"text":"\\u2603"}';
    const rewritten = JSON.stringify(JSON.parse(escaped));
    expect((await verify(signatureOf(escaped), escaped)).result.kind).toBe('verified');
    expect((await verify(signatureOf(rewritten), escaped)).result.kind).toBe('refused');
  });

  const digest = createHmac('sha256', secret).update(body).digest();
  test.each([
    ['in hex', `sha256=${digest.toString('hex')}`],
    ['in base64url', `sha256=${digest.toString('base64url')}`],
    ['cut short', knownSignature.slice(0, -1)],
    ['of 31 bytes', `sha256=${digest.subarray(0, 31).toString('base64')}`],
    ['of 33 bytes', `sha256=${Buffer.concat([digest, Buffer.of(0)]).toString('base64')}`],
    ['without its scheme', knownSignature.replace('sha256=', '')],
    ['of another scheme', knownSignature.replace('sha256', 'sha1')],
    ['in upper case', knownSignature.replace('sha256', 'SHA256')],
    ['sent twice', `${knownSignature}, ${knownSignature}`],
    ['among others', `sha256=AAAA, ${knownSignature}`],
    ['with white space', ` ${knownSignature}`],
    ['with a line break', `${knownSignature}\n`],
    ['that is all zeros in a NUL-padded form', `sha256=${'\u0000'.repeat(43)}=`],
    ['that is very long', `sha256=${'A'.repeat(100_000)}`],
  ])('%s is malformed, and costs no look at the secret', async (_case, header) => {
    expect(await verify(header)).toEqual({ result: { kind: 'refused', reason: 'signature-malformed' }, reads: 0 });
  });

  test.each([
    ['missing', undefined],
    ['empty', ''],
  ])('that is %s is missing, and costs no look at the secret', async (_case, header) => {
    expect(await verify(header)).toEqual({ result: { kind: 'refused', reason: 'signature-missing' }, reads: 0 });
  });

  test('is refused, not let in, where no secret is valid', async () => {
    expect((await verify(knownSignature, body, [])).result.kind).toBe('refused');
  });
});

describe('the verification of a route', () => {
  const verification = { kind: 'open-messaging', secretArn } as const;

  test('asks for the secret of that route', async () => {
    const asked: string[] = [];
    const source = async (arn: string) => {
      asked.push(arn);
      return [secret];
    };
    expect(await verifyRequest(signed(body), verification, source, startMs)).toMatchObject({ kind: 'verified' });
    expect(asked).toEqual([secretArn]);
  });

  test('holds what does not match against newer secrets, once', async () => {
    const refused: (readonly string[] | undefined)[] = [];
    const source = async (_arn: string, options?: SecretOptions) => {
      refused.push(options?.refused);
      return options?.refused === undefined ? ['old'] : [secret];
    };
    expect(await verifyRequest(signed(body), verification, source, startMs)).toMatchObject({ kind: 'verified' });
    expect(refused).toEqual([undefined, ['old']]);
  });

  test.each([
    ['at first', true],
    ['when newer ones are asked for', false],
  ])('does not take secrets that cannot be read %s for a wrong signature', async (_when, atFirst) => {
    const down = verifyRequest(
      signed(body),
      verification,
      async (_arn, options) => {
        if (atFirst || options?.refused !== undefined) throw new Error('secret store down');
        return ['old'];
      },
      startMs,
    );
    await expect(down).rejects.toThrow('secret store down');
  });

  test('of kind none lets everything in, and passes no signature on', async () => {
    const result = await verifyRequest(signed(body), { kind: 'none' }, async () => [], startMs);
    expect(result).toEqual({ kind: 'verified' });
  });
});
