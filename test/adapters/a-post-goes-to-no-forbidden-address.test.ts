import type { LookupAddress } from 'node:dns';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { httpDestination } from '../../lambdas/adapters/http-destination.ts';
import type { Resolve } from '../../lambdas/adapters/lookup-within-reach.ts';
import { lookupWithinReach } from '../../lambdas/adapters/lookup-within-reach.ts';
import type { Reach } from '../../lambdas/contract/address-class.ts';
import { type RecordingServer, recordingServer } from '../support/recording-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const request = { headers: {}, body: Buffer.from('{}'), timeoutMs: 5_000 };

let server: RecordingServer;
beforeEach(async () => {
  server = await recordingServer((response) => response.end());
});
afterEach(() => server.close());

const portOf = (url: string) => new URL(url).port;

/** The server under a name that resolves to these addresses, one list a lookup, the last one for ever after. */
function named(answers: readonly (readonly string[])[], reach: Reach) {
  const asked: string[] = [];
  const resolve: Resolve = async (hostname) => {
    asked.push(hostname);
    return toAddresses(answers[asked.length - 1] ?? answers.at(-1) ?? []);
  };
  return { asked, post: httpDestination(`http://crm.example:${portOf(server.url)}/`, { reach, resolve }) };
}

function toAddresses(addresses: readonly string[]): LookupAddress[] {
  return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

describe('a name', () => {
  test.each(['169.254.169.254', '::ffff:10.0.0.1', '127.0.0.1', '::1', '10.1.2.3', 'fd00:ec2::254', '0.0.0.0'])(
    'that resolves to %s is posted nothing',
    async (address) => {
      const { post } = named([[address]], 'internet');
      expect(await post(request)).toEqual({ kind: 'out-of-reach', address });
      expect(server.connections).toEqual([]);
    },
  );

  test('that resolves to a public and a private address is posted nothing, whichever comes first', async () => {
    for (const addresses of [
      ['8.8.8.8', '127.0.0.1'],
      ['127.0.0.1', '8.8.8.8'],
    ]) {
      expect(await named([addresses], 'internet').post(request)).toEqual({
        kind: 'out-of-reach',
        address: '127.0.0.1',
      });
    }
    expect(server.connections).toEqual([]);
  });

  test('of this machine is posted nothing, as the system resolves it', async () => {
    const post = httpDestination(`http://localhost:${portOf(server.url)}/`, { reach: 'internet' });
    expect(await post(request)).toMatchObject({ kind: 'out-of-reach' });
    expect(server.connections).toEqual([]);
  });

  test('is resolved once for a connection, which goes to the address that was checked', async () => {
    const { post, asked } = named([['127.0.0.1'], ['169.254.169.254']], 'private-network');
    expect(await post(request)).toMatchObject({ kind: 'answered', status: 200 });
    expect(asked).toEqual(['crm.example']);
  });

  test('that resolves to another address later is checked again, before anything is sent there', async () => {
    const { post } = named([['127.0.0.1'], ['169.254.169.254']], 'private-network');
    await post(request);
    server.connections[0]?.destroy();
    await waitUntil('the connection is closed', () => server.connections[0]?.closed === true);
    // The agent may still hand out the closed connection once.
    const answers = [await post(request), await post(request)];
    expect(answers).toContainEqual({ kind: 'out-of-reach', address: '169.254.169.254' });
    expect(server.requests).toHaveLength(1);
  });

  test('that has no address is unreachable', async () => {
    expect(await named([[]], 'internet').post(request)).toEqual({ kind: 'unreachable', code: 'ENODATA' });
  });

  test('that is refused is refused to TLS as well', async () => {
    const resolve: Resolve = async () => toAddresses(['10.0.0.1']);
    const post = httpDestination('https://crm.example/', { reach: 'internet', resolve });
    expect(await post(request)).toEqual({ kind: 'out-of-reach', address: '10.0.0.1' });
  });
});

describe('a lookup', () => {
  const lookUp = (lookup: ReturnType<typeof lookupWithinReach>, all: boolean) =>
    new Promise((resolve) => {
      lookup('crm.example', { all }, (error, address, family) => resolve(error ?? { address, family }));
    });

  test.each([true, false])(
    'that was answered with public addresses says nothing of the next (all: %s)',
    async (all) => {
      const answers = [['8.8.8.8', '2606:4700::1111'], ['10.0.0.1']];
      const lookup = lookupWithinReach('internet', async () => toAddresses(answers.shift() ?? []));
      expect(await lookUp(lookup, all)).toEqual(
        all
          ? { address: toAddresses(['8.8.8.8', '2606:4700::1111']), family: undefined }
          : { address: '8.8.8.8', family: 4 },
      );
      expect(await lookUp(lookup, all)).toMatchObject({ name: 'OutOfReachError', address: '10.0.0.1' });
    },
  );
});

describe('an address in the URL', () => {
  test.each(['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.1', '[::ffff:127.0.0.1]'])(
    'is posted nothing, in whatever form it is written: %s',
    async (host) => {
      const post = httpDestination(`http://${host}:${portOf(server.url)}/`, { reach: 'internet' });
      expect(await post(request)).toMatchObject({ kind: 'out-of-reach' });
      expect(server.connections).toEqual([]);
    },
  );

  test('is posted to where the route may deliver into a private network', async () => {
    const post = httpDestination(`http://0x7f.1:${portOf(server.url)}/`, { reach: 'private-network' });
    expect(await post(request)).toMatchObject({ kind: 'answered', status: 200 });
  });
});
