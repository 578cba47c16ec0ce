import type * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import * as z from 'zod/mini';
import { literalOutOfReach, type Reach } from '../contract/address-class.ts';
import {
  type Clock,
  type DeliveryRequest,
  type DestinationAnswer,
  longestExcerptBytes,
  type PostToDestination,
} from '../contract/ports.ts';
import { lookupWithinReach, OutOfReachError, type Resolve } from './lookup-within-reach.ts';

/** More of an answer's body than this is cut off with its connection: it is not worth the wait. */
const longestAnswerBytes = 64 * 1024;

/** How long an answer's body may take once its status is known; only the connection's reuse depends on it. */
const drainMs = 1_000;

/** A connection that was idle for so long may have been closed by the other side without our noticing. */
const staleAfterIdleMs = 1_000;

/** A closed connection shows at once; a reset that comes later is the destination's answer to having read the request. */
const staleShowsWithinMs = 1_000;

export interface HttpDestinationOptions {
  /** Which addresses may be connected to. */
  readonly reach: Reach;
  /** Any clock in milliseconds that only goes forward. */
  readonly now?: Clock;
  /** Default: as the system does it. */
  readonly resolve?: Resolve;
}

/**
 * Posts to one URL over kept-alive connections, to no address out of reach. Redirects are not followed.
 *
 * @param url where to, http or https
 */
export function httpDestination(
  url: string,
  { reach, now = () => performance.now(), resolve }: HttpDestinationOptions,
): PostToDestination {
  const target = new URL(url);
  const forbidden = literalOutOfReach(target, reach);
  if (forbidden !== undefined) return async () => ({ kind: 'out-of-reach', address: forbidden });
  const lookup = lookupWithinReach(reach, resolve);
  // Not imported: with all of its names, those of undici are loaded, too, a fifth of a cold start that nobody here needs.
  const client = target.protocol === 'http:' ? process.getBuiltinModule('node:http') : https;
  const agent = new client.Agent({ keepAlive: true });
  const idleSinceMs = new WeakMap<object, number>();
  agent.on('free', (socket: Socket) => idleSinceMs.set(socket, now()));

  const isStale = (socket: Socket): boolean => {
    const since = idleSinceMs.get(socket);
    return since !== undefined && now() - since >= staleAfterIdleMs;
  };

  return async (request) => {
    const deadline = AbortSignal.timeout(request.timeoutMs);
    const first = await exchange({ client, target, lookup, agent, isStale, now }, request, deadline);
    if (first.kind !== 'stale-connection') return first;
    // A Lambda function is frozen between invocations and misses that its connection was closed. Node then reports at
    // once a reset for a request that nobody has read: a new connection is not another attempt.
    const anew = { client, target, lookup, agent: false, isStale: () => false, now } as const;
    const second = await exchange(anew, request, deadline);
    return second.kind === 'stale-connection' ? { kind: 'unreachable', code: 'ECONNRESET' } : second;
  };
}

interface Connection {
  readonly client: typeof http | typeof https;
  readonly target: URL;
  readonly lookup: LookupFunction;
  readonly agent: http.Agent | false;
  readonly isStale: (socket: Socket) => boolean;
  readonly now: Clock;
}

type Exchange = DestinationAnswer | { readonly kind: 'stale-connection' };

function exchange(
  { client, target, lookup, agent, isStale, now }: Connection,
  { headers, body, timeoutMs }: DeliveryRequest,
  signal: AbortSignal,
): Promise<Exchange> {
  return new Promise((resolve) => {
    /** From then on errors concern the rest of the answer, whose reading always comes to an end. */
    let hasAnswer = false;
    const unreachable = (code: string) => {
      if (!hasAnswer) resolve({ kind: 'unreachable', code });
    };
    let outgoing: http.ClientRequest;
    let staleUntilMs = Number.NEGATIVE_INFINITY;
    try {
      outgoing = client.request(target, {
        method: 'POST',
        agent,
        lookup,
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
      hasAnswer = true;
      drain(answer);
      // Nobody asks what an accepted event was answered with: its message is not kept waiting for it.
      if (isAccepted(answer)) resolve(answered(answer));
      else readExcerpt(answer).then((excerpt) => resolve({ ...answered(answer), excerpt }));
    });
    // 101 Switching Protocols: Node hands the bare connection over, and nobody here speaks another protocol.
    outgoing.on('upgrade', (answer, socket) => {
      resolve(answered(answer));
      socket.destroy();
    });
    outgoing.on('error', (error) => {
      if (hasAnswer) return;
      if (error instanceof OutOfReachError) resolve({ kind: 'out-of-reach', address: error.address });
      else if (signal.aborted) resolve({ kind: 'timed-out', afterMs: timeoutMs });
      else if (now() < staleUntilMs && ['ECONNRESET', 'EPIPE'].includes(codeOf(error))) {
        resolve({ kind: 'stale-connection' });
      } else unreachable(codeOf(error));
    });
    // The last event of every request, for a way to end that none of the others told.
    outgoing.on('close', () => unreachable('ECONNRESET'));
    outgoing.end(body);
  });
}

function isAccepted({ statusCode = 0 }: http.IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function answered(answer: http.IncomingMessage): Extract<DestinationAnswer, { kind: 'answered' }> {
  return { kind: 'answered', status: answer.statusCode ?? 0, headers: singleValued(answer.headers) };
}

const nodeErrorSchema = z.object({ code: z.string() });

function codeOf(error: unknown): string {
  const parsed = z.safeParse(nodeErrorSchema, error);
  return parsed.success ? parsed.data.code : String(error);
}

/** The beginning of an answer's body, as far as it comes before `drain` cuts it off. Never rejects. */
function readExcerpt(answer: http.IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const finish = () => resolve(excerptOf(bytes));
    answer.on('data', (chunk: Buffer) => {
      if (bytes.byteLength >= longestExcerptBytes) return;
      bytes = Buffer.concat([bytes, chunk.subarray(0, longestExcerptBytes - bytes.byteLength)]);
      if (bytes.byteLength >= longestExcerptBytes) finish();
    });
    answer.on('end', finish);
    // Broken off: what came is what there is.
    answer.on('close', finish);
    answer.on('error', finish);
  });
}

/** As text that is no longer than its bytes: each one that is not UTF-8 would become three. */
function excerptOf(bytes: Buffer): string {
  return bytes.toString('utf8').replaceAll('\uFFFD', '?');
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
