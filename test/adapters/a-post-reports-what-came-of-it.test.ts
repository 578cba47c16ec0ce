import { createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { DeliveryRequest } from '../../lambdas/contract/ports.ts';
import { byteStrings } from '../support/arbitraries.ts';
import { loopbackDestination } from '../support/loopback-destination.ts';
import { recordingServer } from '../support/recording-server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(answer: Parameters<typeof recordingServer>[0]) {
  const server = await recordingServer(answer);
  closing.push(server.close);
  return server;
}

/** A server that speaks TCP and not necessarily HTTP. */
async function serveRaw(converse: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    converse(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    // The client keeps its connections for another POST.
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return `127.0.0.1:${address.port}`;
}

function request(body: Uint8Array | string = '{}', changes: Partial<DeliveryRequest> = {}): DeliveryRequest {
  return { headers: { 'content-type': 'application/json' }, body: Buffer.from(body), timeoutMs: 5_000, ...changes };
}

describe('a POST to the destination', () => {
  test('goes to the very URL, with the headers given and the length of the body', async () => {
    const server = await serve((response) => response.end());
    const headers = { 'webhook-id': 'e-1', 'content-type': 'application/json', 'user-agent': 'relay' };
    await loopbackDestination(`${server.url}/hooks/genesys?tenant=7`)(request('{"a":1}', { headers }));
    expect(server.requests).toMatchObject([{ method: 'POST', path: '/hooks/genesys?tenant=7' }]);
    expect(server.requests[0]?.headers).toMatchObject({ ...headers, 'content-length': '7' });
    expect(server.requests[0]?.headers).not.toHaveProperty('transfer-encoding');
  });

  test('carries any bytes unchanged', async () => {
    const server = await serve((response) => response.end());
    const post = loopbackDestination(server.url);
    await fc.assert(
      fc.asyncProperty(byteStrings, async (bytes) => {
        await post(request(bytes));
        expect(server.requests.at(-1)?.body).toEqual(bytes);
      }),
      { numRuns: 100 },
    );
  });

  test('carries a megabyte whole', async () => {
    const server = await serve((response) => response.end());
    const bytes = Uint8Array.from({ length: 1_048_576 }, (_, index) => (index * 7) % 256);
    await loopbackDestination(server.url)(request(bytes));
    expect(Buffer.compare(server.requests[0]?.body ?? Buffer.alloc(0), bytes)).toBe(0);
  });

  test.each([200, 204, 404, 429, 500, 599, 999])('is answered %d', async (status) => {
    const server = await serve((response) => response.writeHead(status, { 'retry-after': '120' }).end());
    expect(await loopbackDestination(server.url)(request())).toMatchObject({
      kind: 'answered',
      status,
      headers: { 'retry-after': '120' },
    });
  });

  test('joins a header that is answered twice', async () => {
    const server = await serve((response) => response.setHeader('set-cookie', ['a=1', 'b=2']).end());
    expect(await loopbackDestination(server.url)(request())).toMatchObject({ headers: { 'set-cookie': 'a=1, b=2' } });
  });

  test.each([301, 302, 303, 307, 308])('does not follow a %d', async (status) => {
    const elsewhere = await serve((response) => response.end());
    const server = await serve((response) => response.writeHead(status, { location: elsewhere.url }).end());
    expect(await loopbackDestination(server.url)(request())).toMatchObject({ kind: 'answered', status });
    expect(elsewhere.requests).toEqual([]);
  });

  test('is answered by the status even if the body after it breaks off', async () => {
    const address = await serveRaw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this'));
    });
    expect(await loopbackDestination(`http://${address}`)(request())).toMatchObject({ kind: 'answered', status: 200 });
  });

  test('is answered by a destination that does not wait for the end of the body', async () => {
    const address = await serveRaw((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\n\r\n'));
      socket.resume();
    });
    const answer = await loopbackDestination(`http://${address}`)(request(new Uint8Array(4_000_000)));
    expect(answer).toMatchObject({ kind: 'answered', status: 413 });
  });

  test('waits past an interim answer for the final one', async () => {
    const address = await serveRaw((socket) => {
      const early = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
      socket.once('data', () => socket.end(`${early}HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n`));
    });
    expect(await loopbackDestination(`http://${address}`)(request())).toMatchObject({ kind: 'answered', status: 202 });
  });
});

describe('a destination that cannot be reached', () => {
  test('because nobody listens is ECONNREFUSED', async () => {
    const server = await recordingServer((response) => response.end());
    await server.close();
    expect(await loopbackDestination(server.url)(request())).toEqual({ kind: 'unreachable', code: 'ECONNREFUSED' });
  });

  test('because its name does not exist has the code of the lookup', async () => {
    const answer = await loopbackDestination('https://nonexistent.invalid/hook')(request());
    expect(answer).toEqual({ kind: 'unreachable', code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) });
  });

  test('because it resets a new connection is ECONNRESET, and is not tried again', async () => {
    const server = await serve((response) => response.socket?.resetAndDestroy());
    expect(await loopbackDestination(server.url)(request())).toEqual({ kind: 'unreachable', code: 'ECONNRESET' });
    expect(server.requests).toHaveLength(1);
  });

  test('because it hangs up before the status line is complete is ECONNRESET', async () => {
    const address = await serveRaw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 2'));
    });
    expect(await loopbackDestination(`http://${address}`)(request())).toEqual({
      kind: 'unreachable',
      code: 'ECONNRESET',
    });
  });

  test('because it does not speak HTTP has the code of the parser', async () => {
    const address = await serveRaw((socket) => {
      socket.once('data', () => socket.end('220 mail.example ESMTP\r\n'));
    });
    const answer = await loopbackDestination(`http://${address}`)(request());
    expect(answer).toEqual({ kind: 'unreachable', code: expect.stringMatching(/^HPE_/) });
  });

  test('because it does not speak TLS has the code of the handshake', async () => {
    const server = await serve((response) => response.end());
    const answer = await loopbackDestination(server.url.replace('http:', 'https:'))(request());
    expect(answer).toEqual({ kind: 'unreachable', code: expect.stringMatching(/^(EPROTO|ERR_SSL_)/) });
  });
});
