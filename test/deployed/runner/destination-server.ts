import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { listenOnLoopback } from '../../../lib/local/loopback-server.ts';
import { readBody } from '../../../lib/local/read-body.ts';
import { answerSchema, type Delivery, type ScriptedAnswer } from '../support/destination-protocol.ts';

/** The destination of every route of the stack under test: remembers what it gets, and answers as it is told. */
export interface DestinationServer {
  readonly port: number;
  /** Its first path segment. Nobody can guess it, in case the server is reached from outside through a tunnel. */
  readonly token: string;
  close(): Promise<void>;
}

/**
 * - `POST /TOKEN/deliver/ROUTE`: what the relay posts to.
 * - `GET /TOKEN/deliveries/ROUTE`: what came.
 * - `PUT /TOKEN/answers/ROUTE`: the answers to come, in turn, and the last of them for ever; 200 until it is told.
 */
export async function serveDestination(askedPort = 0): Promise<DestinationServer> {
  const token = randomUUID();
  const deliveries = new Map<string, Delivery[]>();
  const scripts = new Map<string, ScriptedAnswer[]>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const read = await readBody(request);
    if (read.kind !== 'complete') return;
    const body = Buffer.from(read.bytes);
    const [, given, what, route = ''] = (request.url ?? '').split('/');
    if (given !== token) return respond(response, { status: 404 });
    switch (`${request.method} ${what}`) {
      case 'POST deliver': {
        const script = scripts.get(route) ?? [];
        const answer = (script.length > 1 ? script.shift() : script[0]) ?? { status: 200 };
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        const delivery = { atMs: Date.now(), headers, bodyBase64: body.toString('base64'), status: answer.status };
        deliveries.set(route, [...(deliveries.get(route) ?? []), delivery]);
        return respond(response, answer);
      }
      case 'GET deliveries':
        return respond(response, { status: 200, body: JSON.stringify(deliveries.get(route) ?? []) });
      case 'PUT answers':
        scripts.set(route, z.array(answerSchema).parse(JSON.parse(body.toString())));
        return respond(response, { status: 204 });
      default:
        return respond(response, { status: 405 });
    }
  }

  const server = createServer((request, response) => {
    // A client that goes away in the middle is not interested in an answer.
    handle(request, response).catch(() => response.destroy());
  });
  const { port, close } = await listenOnLoopback(server, askedPort);
  return { port, token, close };
}

function respond(response: ServerResponse, { status, headers, body }: ScriptedAnswer): void {
  response.writeHead(status, headers);
  response.end(body);
}
