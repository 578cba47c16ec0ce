import { createServer, type Socket } from 'node:net';
import { loopback } from '../../lib/local/loopback-server.ts';

/** An address that takes every connection and everything that is sent to it, and never says a word. */
export interface BlackHole {
  readonly url: string;
  close(): Promise<void>;
}

export async function blackHole(): Promise<BlackHole> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.resume();
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, loopback, resolve);
  await listening;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the black hole has no port');
  return {
    url: `http://${loopback}:${address.port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
