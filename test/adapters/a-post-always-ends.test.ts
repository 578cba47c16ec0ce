import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { loopbackDestination } from '../support/loopback-destination.ts';

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that writes these bytes to whoever sends it anything. */
async function answeringWith(bytes: string): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => socket.write(bytes));
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
