import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { RelayLocation } from '../../lib/operator/connection/relay-location.ts';

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Answers as a local run does when asked whether it is ready. */
export async function serveReady({ access, ...location }: RelayLocation): Promise<TestServer> {
  if (access.kind !== 'emulators') throw new Error('a local run is made of emulators');
  const { kind: _, ...endpoints } = access;
  const routes = [...location.routes].map(([name, queues]) => [name, { secret: 'secret', ...queues }]);
  const ready = {
    ready: true,
    stackName: location.stackName,
    startedAtMs: location.startedAtMs,
    routes: Object.fromEntries(routes),
    deliveryTableName: location.deliveryTableName,
    payloadBucketName: location.payloadBucketName,
    endpoints,
  };
  return await serve((request, response) => {
    response.statusCode = request.url === '/_local/ready' ? 200 : 404;
    response.end(JSON.stringify(ready));
  });
}

export async function serve(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
