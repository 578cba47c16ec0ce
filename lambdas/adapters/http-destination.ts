import * as http from 'node:http';
import * as https from 'node:https';
import type { DeliveryRequest, DestinationAnswer, PostToDestination } from '../contract/ports.ts';

/** More of an answer's body than this is cut off with its connection: it is not worth the wait. */
const longestAnswerBytes = 64 * 1024;

/** How long an answer's body may take once its status is known; only the connection's reuse depends on it. */
const drainMs = 1_000;

/**
 * Posts to one URL over kept-alive connections. Redirects are not followed.
 *
 * @param url where to, http or https
 */
export function httpDestination(url: string): PostToDestination {
  const target = new URL(url);
  const client = target.protocol === 'http:' ? http : https;
  const agent = new client.Agent({ keepAlive: true });

  return async (request) => {
    const deadline = AbortSignal.timeout(request.timeoutMs);
    const first = await exchange(client, target, agent, request, deadline);
    // A kept connection may have been closed by the other side while Lambda had us frozen: the request never arrived
    // (Node's documentation of `request.reusedSocket`), and a new connection is not another attempt.
    return first.kind === 'stale-connection'
      ? asAnswer(await exchange(client, target, false, request, deadline))
      : first;
  };
}

type Exchange = DestinationAnswer | { readonly kind: 'stale-connection' };

function asAnswer(exchanged: Exchange): DestinationAnswer {
  return exchanged.kind === 'stale-connection' ? { kind: 'unreachable', code: 'ECONNRESET' } : exchanged;
}

function exchange(
  client: typeof http | typeof https,
  target: URL,
  agent: http.Agent | false,
  { headers, body, timeoutMs }: DeliveryRequest,
  signal: AbortSignal,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const outgoing = client.request(
      target,
      { method: 'POST', agent, signal, headers: { ...headers, 'content-length': String(body.byteLength) } },
      (answer) => {
        resolve({ kind: 'answered', status: answer.statusCode ?? 0, headers: singleValued(answer.headers) });
        drain(answer);
      },
    );
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // After an answer this comes from draining it, and the promise is settled already.
      if (signal.aborted) resolve({ kind: 'timed-out', afterMs: timeoutMs });
      else if (outgoing.reusedSocket && error.code === 'ECONNRESET') resolve({ kind: 'stale-connection' });
      else resolve({ kind: 'unreachable', code: error.code ?? error.name });
    });
    outgoing.end(body);
  });
}

/** Reads the rest of an answer so that its connection can serve again, within limits. */
function drain(answer: http.IncomingMessage): void {
  let bytes = 0;
  const timer = setTimeout(() => answer.destroy(), drainMs);
  timer.unref();
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > longestAnswerBytes) answer.destroy();
  });
  answer.on('close', () => clearTimeout(timer));
  answer.on('error', () => clearTimeout(timer));
}

function singleValued(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
