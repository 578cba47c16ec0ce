import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { TestServer } from './local-ready-server.ts';

/** What `StartMessageMoveTask` was asked for, as it was sent. */
export type StartedMove = Readonly<Record<string, unknown>>;

export interface MoveTaskServer extends TestServer {
  readonly started: readonly StartedMove[];
  readonly cancelled: readonly unknown[];
}

/**
 * An SQS that has the three actions of message move tasks, which the emulator lacks, and passes on all others.
 *
 * @param progress the answers to `ListMessageMoveTasks`, in turn; the last one for ever
 */
export async function serveMoveTasks(sqs: string, ...progress: readonly object[]): Promise<MoveTaskServer> {
  const started: StartedMove[] = [];
  const cancelled: unknown[] = [];
  let asked = 0;

  const answer = async (request: IncomingMessage): Promise<{ status: number; body: string }> => {
    const body = await buffer(request);
    const target = String(request.headers['x-amz-target']);
    switch (target) {
      case 'AmazonSQS.StartMessageMoveTask':
        started.push(JSON.parse(body.toString()));
        return { status: 200, body: '{"TaskHandle":"task-1"}' };
      case 'AmazonSQS.ListMessageMoveTasks':
        return { status: 200, body: JSON.stringify({ Results: [progress[Math.min(asked++, progress.length - 1)]] }) };
      case 'AmazonSQS.CancelMessageMoveTask':
        cancelled.push(JSON.parse(body.toString()));
        return { status: 200, body: '{"ApproximateNumberOfMessagesMoved":1}' };
      default: {
        const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
        const passed = await fetch(sqs, { method: 'POST', headers, body });
        return { status: passed.status, body: await passed.text() };
      }
    }
  };

  const server = createServer((request, response) => {
    answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    started,
    cancelled,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
