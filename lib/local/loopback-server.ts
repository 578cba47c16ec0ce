import { createServer, type RequestListener, type Server } from 'node:http';

/** Everything of a local run listens here and nowhere else: it has neither passwords nor TLS. */
export const loopback = '127.0.0.1';

/** An HTTP server on this machine only. */
export interface LoopbackServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string;
  /** Cuts every connection, busy or not. */
  close(): Promise<void>;
}

/** The port that was asked for is not free. */
export class PortTakenError extends Error {
  constructor(port: number) {
    super(`port ${port} is taken: stop what listens there, or let the system pick a free port with --port 0`);
    this.name = new.target.name;
  }
}

/** @throws PortTakenError */
export function serveOnLoopback(listener: RequestListener, port = 0): Promise<LoopbackServer> {
  return listenOnLoopback(createServer(listener), port);
}

/**
 * @param port 0 lets the system pick one
 * @throws PortTakenError
 */
export async function listenOnLoopback(server: Server, port: number): Promise<LoopbackServer> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port) : error);
    };
    server.once('error', refuse);
    server.listen(port, loopback, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  return { port: boundPort, url: `http://${loopback}:${boundPort}`, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The only error is that it was closed before, which is what was asked for.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
