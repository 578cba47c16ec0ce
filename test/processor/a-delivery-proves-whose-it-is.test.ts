import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';
import { buildRequest } from '../../lambdas/processor/build-request.ts';
import { type CredentialSettings, credentialsReader } from '../../lambdas/processor/read-credentials.ts';
import { type Delivery, readDelivery } from '../../lambdas/processor/read-delivery.ts';
import { signDelivery, signingKey } from '../../lambdas/processor/sign-delivery.ts';
import { byteStrings, eventIds, jsonBodies, utf8 } from '../support/arbitraries.ts';
import { receivedMessage, route } from '../support/sqs-record.ts';

/** As the stack generates one: 48 letters and digits. */
const current = 'vS0aB3kQ9xW2mN7pL5tR8yU1iO4eZ6cV0bG3hJ7dF2sA9qXw';
const previous = 'K1l2M3n4O5p6Q7r8S9t0U1v2W3x4Y5z6A7b8C9d0E1f2G3h4';
const body = utf8('{"text":"Grüße ☃","n":1.0}');
const bytesOf = (size: number) => Buffer.alloc(size, 7).toString('base64');

const delivery = readDelivery(receivedMessage(), { route, bucket: 'payload-bucket' });

function requestWith(secrets: readonly string[], changes: Partial<Delivery> = {}, posted: Uint8Array = body) {
  // The library compares with the time of this machine, and has no clock to set.
  const attempt = { number: 1, body: posted, nowMs: Date.now(), timeoutMs: 9_000 };
  const credentials = { signingKeys: secrets.map(signingKey), headers: {} };
  return buildRequest({ ...delivery, ...changes }, { ...attempt, credentials }, { route, headers: {} });
}

/** What a destination does that uses the official library. */
function accepts(secret: string, { headers, body: received }: ReturnType<typeof requestWith>): boolean {
  try {
    new Webhook(secret).verify(Buffer.from(received), { ...headers }, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

describe('a signed delivery', () => {
  test('is verified by the official library, with the secret as the stack generates it', () => {
    const { headers } = requestWith([current]);
    expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
    expect(accepts(current, requestWith([current]))).toBe(true);
    expect(accepts(`whsec_${current}`, requestWith([current]))).toBe(true);
  });

  test('is verified with either secret while they are being exchanged, the newer signature first', () => {
    const request = requestWith([current, previous]);
    expect(request.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    expect(accepts(current, request)).toBe(true);
    expect(accepts(previous, request)).toBe(true);
    const [newer] = request.headers['webhook-signature']?.split(' ') ?? [];
    const { eventId } = delivery;
    const timestamp = request.headers['webhook-timestamp'] ?? '';
    expect(newer).toBe(signDelivery({ id: eventId, timestamp, body }, [signingKey(current)]));
  });

  test('is not verified with another secret, or one that is out of use', () => {
    expect(accepts(previous, requestWith([current]))).toBe(false);
  });

  test('is not verified with another body, id or time', () => {
    const request = requestWith([current]);
    const { headers } = request;
    const minuteLater = String(Number(headers['webhook-timestamp']) + 60);
    expect(accepts(current, { ...request, body: utf8('{"text":"Grüße ☃","n":1}') })).toBe(false);
    expect(accepts(current, { ...request, headers: { ...headers, 'webhook-id': 'another' } })).toBe(false);
    expect(accepts(current, { ...request, headers: { ...headers, 'webhook-timestamp': minuteLater } })).toBe(false);
  });

  test('is verified whatever the event is called and its JSON says', () => {
    fc.assert(
      fc.property(eventIds, jsonBodies, (eventId, bytes) => {
        expect(accepts(current, requestWith([current], { eventId }, bytes))).toBe(true);
      }),
    );
  });

  test('covers every byte of a body that is no text', () => {
    fc.assert(
      fc.property(byteStrings, byteStrings, (one, other) => {
        const signatures = [one, other].map((bytes) =>
          signDelivery({ id: 'e', timestamp: '1', body: bytes }, [signingKey(current)]),
        );
        expect(signatures[0] === signatures[1]).toBe(Buffer.compare(one, other) === 0);
      }),
    );
  });

  test('matches the vector of the specification', () => {
    const signature = signDelivery(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: '1614265330', body: utf8('{"test": 2432232314}') },
      [signingKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')],
    );
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  test('takes the place of a signature that the sender has put into the same header', () => {
    const credentials = { signingKeys: [signingKey(current)], headers: {} };
    const attempt = { number: 1, body, nowMs: Date.now(), timeoutMs: 9_000, credentials };
    const signatureHeader = 'webhook-signature';
    const request = buildRequest(delivery, attempt, { route, headers: {}, signatureHeader });
    expect(accepts(current, request)).toBe(true);
  });
});

test('a delivery of a route that does not sign has no signature', () => {
  expect(requestWith([]).headers).not.toHaveProperty('webhook-signature');
});

describe('a signing secret', () => {
  test.each([
    ['with padding', bytesOf(32)],
    ['with the prefix', `whsec_${bytesOf(24)}`],
    ['with a line end, as an editor leaves it', `${bytesOf(33)}\n`],
  ])('may be base64 %s', (_form, secret) => {
    expect(accepts(secret.trim(), requestWith([secret]))).toBe(true);
  });

  test.each([
    ['empty', ''],
    ['nothing but the prefix', 'whsec_'],
    ['a sentence', 'correct horse battery staple'],
    ['of the other base64 alphabet', 'ab-_'],
    ['without its padding', 'abcde'],
    ['padded too much', 'a==='],
    ['two of them', `${current} ${previous}`],
  ])('that is %s is refused, and not quoted', (_form, secret) => {
    expect(() => signingKey(secret)).toThrow(/^the signing secret is not base64$/);
  });

  const settings: CredentialSettings = { signingSecretArn: 'arn:signing' };

  test('is asked for by its ARN and within the time, and both of its versions are used', async () => {
    const asked: unknown[] = [];
    const read = credentialsReader(settings, async (arn, options) => {
      asked.push([arn, options]);
      return [current, previous];
    });
    expect(await read(1_500)).toEqual({ signingKeys: [signingKey(current), signingKey(previous)], headers: {} });
    expect(asked).toEqual([['arn:signing', { withinMs: 1_500 }]]);
  });

  test('are those that make sense: a previous secret that was a mistake is mended by the newest', async () => {
    const read = credentialsReader({ signingSecretArn: 'arn' }, async () => [current, 'a passphrase']);
    expect(await read(1_500)).toEqual({ signingKeys: [signingKey(current)], headers: {} });
    const mistaken = credentialsReader({ signingSecretArn: 'arn' }, async () => ['a passphrase', current]);
    await expect(mistaken(1_500)).rejects.toThrow('the signing secret is not base64');
  });

  test('that cannot be read, or makes no sense, is no reason to deliver unsigned', async () => {
    const down = credentialsReader(settings, async () => {
      throw new ServiceUnavailableError('Secrets Manager did not return the secret');
    });
    await expect(down(1_000)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expect(credentialsReader(settings, async () => ['not base64!'])(1_000)).rejects.toThrow('not base64');
  });

  test('is asked for only where the route signs', async () => {
    const read = credentialsReader({}, async () => {
      throw new Error('nobody should ask');
    });
    expect(await read(1_000)).toEqual({ signingKeys: [], headers: {} });
  });
});

describe('a header that is a secret', () => {
  const secretHeaders = { Authorization: 'arn:token', 'X-Tenant': 'arn:tenant' };
  const secretsOf = (values: Readonly<Record<string, readonly string[]>>) => async (arn: string) => values[arn] ?? [];

  test('has the newest value of its secret, without the line end of a file', async () => {
    const read = credentialsReader(
      { secretHeaders },
      secretsOf({ 'arn:token': ['Bearer new\n', 'Bearer old'], 'arn:tenant': ['7'] }),
    );
    expect(await read(1_000)).toEqual({ signingKeys: [], headers: { Authorization: 'Bearer new', 'X-Tenant': '7' } });
  });

  test.each([
    ['two lines', 'Bearer a\r\nx-injected: 1'],
    ['what is no ASCII', 'Bearer ☃'],
    ['nothing', ' \n'],
  ])('is not sent with %s, and the secret is not quoted', async (_what, value) => {
    const read = credentialsReader(
      { secretHeaders: { authorization: 'arn:token' } },
      secretsOf({ 'arn:token': [value] }),
    );
    await expect(read(1_000)).rejects.toThrow(/^the secret for the header authorization cannot be sent in a header$/);
  });

  test('is waited for while its secret cannot be read', async () => {
    const read = credentialsReader({ secretHeaders }, async (arn) => {
      if (arn === 'arn:token') throw new ServiceUnavailableError('Secrets Manager did not return the secret');
      return ['7'];
    });
    await expect(read(1_000)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});
