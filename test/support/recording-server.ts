import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { listenOnLoopback } from '../../lib/local/loopback-server.ts';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** A real HTTP server that remembers what it was sent. */
export interface RecordingServer {
  readonly url: string;
  readonly requests: RecordedRequest[];
  /** Every connection it ever had, in order. */
  readonly connections: Socket[];
  close(): Promise<void>;
}

/** @param answer called when a request is complete; `number` counts from 1 */
export async function recordingServer(
  answer: (response: ServerResponse, number: number, request: RecordedRequest) => void,
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const connections: Socket[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A client that goes away in the middle is what some of the tests are about.
    request.on('error', () => {});
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const recorded = { method, path: url, headers, body: new Uint8Array(Buffer.concat(chunks)) };
      requests.push(recorded);
      answer(response, requests.length, recorded);
    });
  });
  server.on('connection', (socket) => connections.push(socket));
  const { url, close } = await listenOnLoopback(server, 0);
  return { url, requests, connections, close };
}
