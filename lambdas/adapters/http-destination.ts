import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import * as z from 'zod/mini';
import type { Clock, DeliveryRequest, DestinationAnswer, PostToDestination } from '../contract/ports.ts';

/** More of an answer's body than this is cut off with its connection: it is not worth the wait. */
const longestAnswerBytes = 64 * 1024;

/** How long an answer's body may take once its status is known; only the connection's reuse depends on it. */
const drainMs = 1_000;

/** A connection that was idle for so long may have been closed by the other side without our noticing. */
const staleAfterIdleMs = 1_000;

/** A closed connection shows at once; a reset that comes later is the destination's answer to having read the request. */
const staleShowsWithinMs = 1_000;

/**
 * Posts to one URL over kept-alive connections. Redirects are not followed.
 *
 * @param url where to, http or https
 * @param now any clock in milliseconds that only goes forward
 */
export function httpDestination(url: string, now: Clock = () => performance.now()): PostToDestination {
  const target = new URL(url);
  const client = target.protocol === 'http:' ? http : https;
  const agent = new client.Agent({ keepAlive: true });
  const idleSinceMs = new WeakMap<object, number>();
  agent.on('free', (socket: Socket) => idleSinceMs.set(socket, now()));

  const isStale = (socket: Socket): boolean => {
    const since = idleSinceMs.get(socket);
    return since !== undefined && now() - since >= staleAfterIdleMs;
  };

  return async (request) => {
    const deadline = AbortSignal.timeout(request.timeoutMs);
    const first = await exchange({ client, target, agent, isStale, now }, request, deadline);
    if (first.kind !== 'stale-connection') return first;
    // A Lambda function is frozen between invocations and misses that its connection was closed. Node then reports at
    // once a reset for a request that nobody has read: a new connection is not another attempt.
    const second = await exchange({ client, target, agent: false, isStale: () => false, now }, request, deadline);
    return second.kind === 'stale-connection' ? { kind: 'unreachable', code: 'ECONNRESET' } : second;
  };
}

interface Connection {
  readonly client: typeof http | typeof https;
  readonly target: URL;
  readonly agent: http.Agent | false;
  readonly isStale: (socket: Socket) => boolean;
  readonly now: Clock;
}

type Exchange = DestinationAnswer | { readonly kind: 'stale-connection' };

function exchange(
  { client, target, agent, isStale, now }: Connection,
  { headers, body, timeoutMs }: DeliveryRequest,
  signal: AbortSignal,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const unreachable = (code: string) => resolve({ kind: 'unreachable', code });
    let outgoing: http.ClientRequest;
    let staleUntilMs = Number.NEGATIVE_INFINITY;
    try {
      outgoing = client.request(target, {
        method: 'POST',
        agent,
        signal,
        headers: { ...headers, 'content-length': String(body.byteLength) },
      });
    } catch (error) {
      // Node refuses a header at once, by throwing.
      unreachable(codeOf(error));
      return;
    }
    outgoing.on('socket', (socket) => {
      if (outgoing.reusedSocket && isStale(socket)) staleUntilMs = now() + staleShowsWithinMs;
    });
    outgoing.on('response', (answer) => {
      resolve(answered(answer));
      drain(answer);
    });
    // 101 Switching Protocols: Node hands the bare connection over, and nobody here speaks another protocol.
    outgoing.on('upgrade', (answer, socket) => {
      resolve(answered(answer));
      socket.destroy();
    });
    outgoing.on('error', (error) => {
      // After an answer this comes from draining it, and the promise is settled already.
      if (signal.aborted) resolve({ kind: 'timed-out', afterMs: timeoutMs });
      else if (now() < staleUntilMs && ['ECONNRESET', 'EPIPE'].includes(codeOf(error))) {
        resolve({ kind: 'stale-connection' });
      } else unreachable(codeOf(error));
    });
    // The last event of every request, for a way to end that none of the others told.
    outgoing.on('close', () => unreachable('ECONNRESET'));
    outgoing.end(body);
  });
}

function answered(answer: http.IncomingMessage): DestinationAnswer {
  return { kind: 'answered', status: answer.statusCode ?? 0, headers: singleValued(answer.headers) };
}

const nodeErrorSchema = z.object({ code: z.string() });

function codeOf(error: unknown): string {
  const parsed = z.safeParse(nodeErrorSchema, error);
  return parsed.success ? parsed.data.code : String(error);
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
