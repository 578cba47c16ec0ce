import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoopbackServer, serveOnLoopback } from './loopback-server.ts';
import { readBody } from './read-body.ts';

/** A request that a destination received. */
export interface Delivery {
  readonly method: string;
  /** `x-relay-route`. */
  readonly route: string;
  /** `webhook-id`. */
  readonly eventId: string;
  /** `x-relay-attempt`; 0 for a request that does not say. */
  readonly attempt: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** How a destination answers. */
export type DestinationBehaviour =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Default: none. */
      readonly body?: string;
      readonly delayMs?: number;
    }
  /** No answer, until the other side gives up. */
  | { readonly kind: 'hang' };

export interface DestinationOptions {
  /** Default: 200 to everything. */
  readonly behave?: (delivery: Delivery) => DestinationBehaviour;
  /** Called before the answer. */
  readonly onDelivery?: (delivery: Delivery) => void;
  /** Called when the request is over, answered or broken off by the other side. */
  readonly onOver?: (delivery: Delivery) => void;
  /** Default: 0, which lets the system pick one. */
  readonly port?: number;
}

/**
 * An endpoint for deliveries on a port of its own.
 *
 * @throws PortTakenError
 */
export function startDestination({ behave, onDelivery, onOver, port }: DestinationOptions): Promise<LoopbackServer> {
  return serveOnLoopback((request, response) => {
    receiveDelivery(request).then(async (delivery) => {
      if (delivery === undefined) return;
      onDelivery?.(delivery);
      response.once('close', () => onOver?.(delivery));
      await answer(response, behave?.(delivery) ?? { kind: 'answer', status: 200 });
    });
  }, port);
}

/** Undefined when the sender broke off: nothing arrived. */
async function receiveDelivery(request: IncomingMessage): Promise<Delivery | undefined> {
  const body = await readBody(request);
  if (body.kind !== 'complete') return undefined;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  return {
    method: request.method ?? '',
    route: headers['x-relay-route'] ?? '',
    eventId: headers['webhook-id'] ?? '',
    attempt: Number(headers['x-relay-attempt'] ?? 0),
    headers,
    body: body.bytes,
  };
}

async function answer(response: ServerResponse, behaviour: DestinationBehaviour): Promise<void> {
  if (behaviour.kind === 'hang') return;
  if (behaviour.delayMs !== undefined) await sleep(behaviour.delayMs, undefined, { ref: false });
  response.writeHead(behaviour.status, { ...behaviour.headers });
  response.end(behaviour.body);
}
