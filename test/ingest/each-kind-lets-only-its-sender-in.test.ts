import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import type { Verification } from '../../lambdas/contract/env.ts';
import { verifyRequest } from '../../lambdas/ingest/verify-request.ts';
import { parseRelayConfig, type RelayConfigInput } from '../../lib/infra/relay-config.ts';
import { senderVerification } from '../../lib/infra/sender-verification.ts';
import { signRequest } from '../../lib/local/sign-request.ts';
import { byteStrings } from '../support/arbitraries.ts';
import { startMs } from '../support/settable-clock.ts';
import { signed } from '../support/signed-request.ts';

const body = '{"text":"\\u2603"}';
const secret = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwKpMnQ4vT7xBc1e0Z';
const nowSeconds = Math.floor(startMs / 1_000);
const fiveMinutesMs = 300_000;

type VerifyInput = RelayConfigInput['routes'][string]['verify'];

/** A kind as a config has it, for the sender and for the ingest function. */
function kindOf(verify: VerifyInput) {
  const route = { verify, deliverTo: { url: 'https://crm.example' } };
  const parsed = parseRelayConfig({ routes: { route } }, 'test').routes.route?.verify;
  if (parsed === undefined) throw new Error('there is no such route');
  return { parsed, verification: senderVerification(parsed, 'arn:secret') };
}

async function verify(
  verification: Verification,
  headers: Record<string, string>,
  { bytes = Buffer.from(body), secrets = [secret], nowMs = startMs }: VerifyOptions = {},
) {
  let reads = 0;
  const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const result = await verifyRequest(
    signed(bytes, { headers: lowerCase }),
    verification,
    async () => {
      reads += 1;
      return secrets;
    },
    nowMs,
  );
  return { result, reads };
}

interface VerifyOptions {
  readonly bytes?: Uint8Array;
  readonly secrets?: string[];
  readonly nowMs?: number;
}

const hmac = kindOf({ kind: 'hmac-sha256', header: 'X-Signature', prefix: 'sha256=' });
const hmacBase64 = kindOf({ kind: 'hmac-sha256', header: 'X-Signature', encoding: 'base64' });
const timed = kindOf({ kind: 'hmac-sha256', header: 'X-Signature', timestamp: { header: 'X-Timestamp' } });
const header = kindOf({ kind: 'header', header: 'X-Api-Key' });
const bearer = kindOf({ kind: 'header', header: 'Authorization', prefix: 'Bearer ' });
const basic = kindOf({ kind: 'basic' });
const standard = kindOf({ kind: 'standard-webhooks' });

const kinds = { hmac, hmacBase64, timed, header, bearer, basic, standard };
const overTheBody = { hmac, hmacBase64, timed, standard };

describe.each(Object.entries(kinds))('%s', (_name, { parsed, verification }) => {
  const genuine = signRequest(parsed, secret, Buffer.from(body), startMs);

  test('lets its sender in, under any of the valid secrets', async () => {
    for (const secrets of [[secret], ['old', secret], [secret, 'old']]) {
      expect((await verify(verification, genuine, { secrets })).result).toMatchObject({ kind: 'verified' });
    }
  });

  test('refuses another secret, a retired one, and everybody where no secret is valid', async () => {
    for (const secrets of [['bmV3ZXItc2VjcmV0'], [secret.slice(0, -4)], [`${secret}more`], ['bmV3', 'b2xk'], []]) {
      expect((await verify(verification, genuine, { secrets })).result.kind).toBe('refused');
    }
  });

  test('refuses a request without its headers, or with empty ones, and does not look at the secret', async () => {
    for (const headers of [{}, Object.fromEntries(Object.keys(genuine).map((name) => [name, '']))]) {
      const { result, reads } = await verify(verification, headers);
      expect(result).toMatchObject({ reason: expect.stringMatching(/^(signature|credential)-missing$/) });
      expect(reads).toBe(0);
    }
  });

  test('refuses a header that is repeated, cut short or lengthened', async () => {
    for (const [name, value] of Object.entries(genuine)) {
      for (const changed of [`${value},${value}`, value.slice(0, -1), `${value}x`, `x${value}`]) {
        expect((await verify(verification, { ...genuine, [name]: changed })).result.kind).toBe('refused');
      }
    }
  });
});

describe.each(Object.entries(overTheBody))('%s', (_name, { parsed, verification }) => {
  test('holds for any bytes, and for no others', async () => {
    await fc.assert(
      fc.asyncProperty(byteStrings, byteStrings, async (bytes, others) => {
        const headers = signRequest(parsed, secret, bytes, startMs);
        expect((await verify(verification, headers, { bytes })).result.kind).toBe('verified');
        const same = Buffer.compare(bytes, others) === 0;
        expect((await verify(verification, headers, { bytes: others })).result.kind).toBe(
          same ? 'verified' : 'refused',
        );
      }),
    );
  });

  test('does not hold for the body parsed and written again', async () => {
    const headers = signRequest(parsed, secret, Buffer.from(JSON.stringify(JSON.parse(body))), startMs);
    expect((await verify(verification, headers)).result).toEqual({ kind: 'refused', reason: 'signature-mismatch' });
  });
});

test('a route that has lost its secret does not become one that lets everybody in', () => {
  for (const { parsed } of [hmac, bearer, basic, standard, kindOf({ kind: 'open-messaging' })]) {
    expect(() => senderVerification(parsed, undefined)).toThrow(/has no secret$/);
  }
});

describe('a signature with a timestamp', () => {
  test.each(Object.entries({ timed, standard }))('%s is good for five minutes, early or late', async (_name, kind) => {
    const headers = signRequest(kind.parsed, secret, Buffer.from(body), startMs);
    const at = async (offsetMs: number) =>
      (await verify(kind.verification, headers, { nowMs: startMs + offsetMs })).result;
    expect(await at(fiveMinutesMs)).toMatchObject({ kind: 'verified' });
    expect(await at(-fiveMinutesMs)).toMatchObject({ kind: 'verified' });
    const refused = { kind: 'refused', reason: 'timestamp-outside-tolerance' };
    expect(await at(fiveMinutesMs + 1_000)).toEqual(refused);
    expect(await at(-fiveMinutesMs - 1_000)).toEqual(refused);
  });

  test.each([
    '',
    ' ',
    '1e9',
    '0x6',
    '-1',
    `${nowSeconds}.0`,
    ` ${nowSeconds}`,
    `${nowSeconds}\n`,
    '9'.repeat(400),
    'NaN',
  ])('refuses the timestamp %j, whatever is signed', async (timestamp) => {
    const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    const headers = { 'x-timestamp': timestamp, 'x-signature': digest };
    expect((await verify(timed.verification, headers)).result.kind).toBe('refused');
  });

  test('is that of the timestamp, a full stop and the body: another timestamp does not match', async () => {
    const digest = createHmac('sha256', secret).update(`${nowSeconds}.${body}`).digest('hex');
    const headers = { 'x-timestamp': String(nowSeconds), 'x-signature': digest };
    expect((await verify(timed.verification, headers)).result).toEqual({ kind: 'verified' });
    const later = { ...headers, 'x-timestamp': String(nowSeconds + 1) };
    expect((await verify(timed.verification, later)).result).toMatchObject({ reason: 'signature-mismatch' });
  });
});

describe('an HMAC signature', () => {
  const digest = createHmac('sha256', secret).update(body).digest();

  test('goes on with the webhook as it was received', async () => {
    const value = `sha256=${digest.toString('hex')}`;
    expect((await verify(hmac.verification, { 'x-signature': value })).result).toEqual({
      kind: 'verified',
      signature: value,
    });
  });

  test.each([
    ['in the other encoding', `sha256=${digest.toString('base64')}`],
    ['of 31 bytes', `sha256=${digest.subarray(1).toString('hex')}`],
    ['without its prefix', digest.toString('hex')],
    ['with a prefix in another case', `SHA256=${digest.toString('hex')}`],
    ['of nothing', 'sha256='],
  ])('%s is malformed, and costs no look at the secret', async (_case, value) => {
    expect(await verify(hmac.verification, { 'x-signature': value })).toEqual({
      result: { kind: 'refused', reason: 'signature-malformed' },
      reads: 0,
    });
  });
});

describe('a credential', () => {
  test('does not go on with the webhook', async () => {
    expect((await verify(header.verification, { 'x-api-key': secret })).result).toEqual({ kind: 'verified' });
    expect((await verify(bearer.verification, { authorization: `Bearer ${secret}` })).result).toEqual({
      kind: 'verified',
    });
  });

  test('of HTTP Basic is user name and password, its scheme in any case', async () => {
    const encoded = Buffer.from(`genesys:${secret}`).toString('base64');
    expect((await verify(basic.verification, { authorization: `bASIC ${encoded}` })).result).toEqual({
      kind: 'verified',
    });
  });

  test.each([
    ['another user', `Basic ${Buffer.from(`admin:${secret}`).toString('base64')}`, 'credential-mismatch'],
    ['no user', `Basic ${Buffer.from(`:${secret}`).toString('base64')}`, 'credential-mismatch'],
    ['no password', `Basic ${Buffer.from('genesys:').toString('base64')}`, 'credential-mismatch'],
    ['the password alone', `Basic ${Buffer.from(secret).toString('base64')}`, 'credential-mismatch'],
    ['another scheme', `Bearer ${Buffer.from(`genesys:${secret}`).toString('base64')}`, 'credential-malformed'],
    ['text in place of base64', `Basic genesys:${secret}`, 'credential-malformed'],
  ])('of HTTP Basic with %s is refused', async (_case, authorization, reason) => {
    expect((await verify(basic.verification, { authorization })).result).toEqual({ kind: 'refused', reason });
  });
});

describe('a Standard Webhooks signature', () => {
  const id = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W';
  const headersWith = (signature: string, changes: Record<string, string> = {}) => ({
    'webhook-id': id,
    'webhook-timestamp': String(nowSeconds),
    'webhook-signature': signature,
    ...changes,
  });
  const signature = new Webhook(`whsec_${secret}`).sign(id, new Date(nowSeconds * 1_000), body);

  test.each([secret, `whsec_${secret}`])('of the official library holds under the secret %s', async (stored) => {
    expect((await verify(standard.verification, headersWith(signature), { secrets: [stored] })).result).toEqual({
      kind: 'verified',
    });
  });

  test('may stand among others', async () => {
    const other = new Webhook('b3RoZXI=').sign(id, new Date(nowSeconds * 1_000), body);
    for (const signatures of [`${other} ${signature}`, `v1a,abc= ${signature} v2,x`, `${signature} ${other}`]) {
      expect((await verify(standard.verification, headersWith(signatures))).result.kind).toBe('verified');
    }
    expect((await verify(standard.verification, headersWith(other))).result.kind).toBe('refused');
  });

  test.each([
    ['of another version', signature.replace('v1', 'v2')],
    ['without a version', signature.replace('v1,', '')],
    ['in hex', `v1,${Buffer.from(signature.slice(3), 'base64').toString('hex')}`],
    ['among others joined by commas', `${signature},${signature}`],
  ])('%s is malformed', async (_case, value) => {
    expect(await verify(standard.verification, headersWith(value))).toEqual({
      result: { kind: 'refused', reason: 'signature-malformed' },
      reads: 0,
    });
  });

  test('is of one id: another does not match, and a full stop in it is refused', async () => {
    const mismatch = headersWith(signature, { 'webhook-id': 'msg_other' });
    expect((await verify(standard.verification, mismatch)).result).toMatchObject({ reason: 'signature-mismatch' });
    const dotted = new Webhook(secret).sign('a.1', new Date(nowSeconds * 1_000), body);
    const malformed = headersWith(dotted, { 'webhook-id': 'a.1' });
    expect((await verify(standard.verification, malformed)).result).toMatchObject({ reason: 'signature-malformed' });
  });

  describe.each(['', 'whsec_', 'not base64!', 'whsec_whsec_'])('under a secret that is %j', (stored) => {
    const forged = createHmac('sha256', '').update(`${id}.${nowSeconds}.${body}`).digest('base64');

    test('never holds, and that is our fault: its sender is to come again', async () => {
      const judged = verify(standard.verification, headersWith(`v1,${forged}`), { secrets: [stored, secret] });
      await expect(judged).rejects.toThrow('the secret of the route is not base64, as Standard Webhooks wants it');
    });

    test('that is retired is refused as any other', async () => {
      const judged = await verify(standard.verification, headersWith(`v1,${forged}`), { secrets: [secret, stored] });
      expect(judged.result).toEqual({ kind: 'refused', reason: 'signature-mismatch' });
    });

    test('holds under the one before it', async () => {
      const judged = await verify(standard.verification, headersWith(signature), { secrets: [stored, secret] });
      expect(judged.result).toEqual({ kind: 'verified' });
    });
  });

  test('holds under a secret with a line end behind it', async () => {
    const judged = await verify(standard.verification, headersWith(signature), { secrets: [`${secret}\n`] });
    expect(judged.result).toEqual({ kind: 'verified' });
  });
});
