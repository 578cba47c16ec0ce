import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { loopbackDestination } from '../support/loopback-destination.ts';
import { waitUntil } from '../support/wait-until.ts';

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that writes these bytes to whoever sends it anything. */
function answeringWith(bytes: string): Promise<string> {
  return serving((socket) => socket.write(bytes));
}

/** A server that writes these bytes, and then others as long as somebody reads them. */
function answeringForEver(bytes: string, others: string): Promise<string> {
  return serving((socket) => {
    const writeMore = () => {
      while (!socket.destroyed && socket.write(others));
    };
    socket.on('drain', () => setImmediate(writeMore));
    socket.write(bytes);
    writeMore();
  });
}

const sockets = new Set<Socket>();

async function serving(answer: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', () => answer(socket));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}/`;
}

const request = { headers: {}, body: Buffer.from('{}'), timeoutMs: 2_000 };

describe('a POST ends with an answer', () => {
  test.each([
    ['asks for another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
    ['asks for another protocol without naming it', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ])('although the destination %s', async (_how, bytes) => {
    const answer = await loopbackDestination(await answeringWith(bytes))(request);
    expect(['answered', 'unreachable', 'timed-out']).toContain(answer.kind);
    expect(answer).not.toMatchObject({ status: 200 });
    // Without the name it is an answer like any other to Node, and the connection is kept.
    if (bytes.includes('Upgrade: x')) await waitUntil('the connection is closed', () => sockets.size === 0);
  });

  test.each([
    ['an interim answer after the other', '', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'],
    ['a header without an end', 'HTTP/1.1 200 OK\r\nx: ', 'x'],
    ['headers without an end', 'HTTP/1.1 200 OK\r\n', 'x: y\r\n'],
  ])('although the destination sends %s', async (_what, begin, others) => {
    const post = loopbackDestination(await answeringForEver(begin, others));
    expect(['unreachable', 'timed-out']).toContain((await post({ ...request, timeoutMs: 300 })).kind);
    await waitUntil('the connection is closed', () => sockets.size === 0);
  });

  test.each([
    ['a chunk extension without an end', 'HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n1;', 'x'.repeat(1_000)],
    ['trailers without an end', 'HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', 'x: y\r\n'.repeat(100)],
  ])('and with its connection, although the destination sends %s behind it', async (_what, begin, others) => {
    const post = loopbackDestination(await answeringForEver(begin, others));
    expect(await post(request)).toMatchObject({ kind: 'answered', status: 500 });
    await waitUntil('the connection is closed', () => sockets.size === 0);
  });

  test.each(['text/plain; name=\u2603', 'a\r\nb: c', 'a\u0000'])(
    'although Node refuses the header %j',
    async (type) => {
      const post = loopbackDestination(await answeringWith('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
      const answer = await post({ ...request, headers: { 'content-type': type } });
      expect(answer).toEqual({ kind: 'unreachable', code: 'ERR_INVALID_CHAR' });
    },
  );
});
