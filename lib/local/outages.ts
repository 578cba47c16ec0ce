import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { relayAppId } from './local-client.ts';

/** `refuse`: every request is answered 503. `hang`: it is taken and never answered; the end of the outage cuts it. */
export type Outage = 'none' | 'refuse' | 'hang';

export type OutageService = 'sqs' | 's3' | 'dynamodb';

/**
 * Outages on demand. They hit what the relay itself calls, its functions and the pollers that stand for Lambda, and
 * nobody who looks on, such as a test or the operator CLI. A request that an emulator has taken before is still
 * answered.
 */
export interface Outages {
  /** Begins an outage, changes its kind, or ends it with `none`. */
  set(service: OutageService, outage: Outage): void;
}

/** Stands in front of the emulators. */
export interface OutageGate extends Outages {
  /** Puts the gate before a server, whose listeners must all be there already. @param serviceOf what a request is for */
  guard(server: Server, serviceOf: (request: IncomingMessage) => OutageService): void;
}

export function createOutageGate(): OutageGate {
  const outages = new Map<OutageService, Outage>();
  const hanging = new Map<OutageService, Set<IncomingMessage>>();

  function hang(service: OutageService, request: IncomingMessage): void {
    const requests = hanging.get(service) ?? new Set();
    hanging.set(service, requests.add(request));
    request.once('close', () => requests.delete(request));
  }

  /** Whether the request goes no further. */
  function stops(service: OutageService, request: IncomingMessage, response: ServerResponse): boolean {
    const outage = outages.get(service) ?? 'none';
    if (outage === 'none' || !isFromRelay(request.headers)) return false;
    if (outage === 'hang') hang(service, request);
    else refuse(service, response);
    return true;
  }

  return {
    set: (service, outage) => {
      outages.set(service, outage);
      if (outage === 'hang') return;
      for (const request of hanging.get(service) ?? []) request.socket.destroy();
    },
    guard: (server, serviceOf) => {
      const listeners = server.listeners('request');
      server.removeAllListeners('request');
      server.on('request', (request, response) => {
        if (stops(serviceOf(request), request, response)) return;
        for (const listener of listeners) listener.call(server, request, response);
      });
    },
  };
}

/** Whether one of the relay's own clients made this request. In a function Powertools adds its own name to the id. */
function isFromRelay(headers: IncomingHttpHeaders): boolean {
  const ids = headers['user-agent']?.split(' ').filter((part) => part.startsWith('app/')) ?? [];
  return ids.some((id) => id === `app/${relayAppId}` || id.startsWith(`app/${relayAppId}-`));
}

const message = 'an outage on demand';

const refusals: Readonly<Record<OutageService, string>> = {
  sqs: JSON.stringify({ __type: 'com.amazonaws.sqs#ServiceUnavailable', message }),
  s3: `<?xml version="1.0"?><Error><Code>ServiceUnavailable</Code><Message>${message}</Message></Error>`,
  dynamodb: JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#ServiceUnavailable', message }),
};

function refuse(service: OutageService, response: ServerResponse): void {
  response.writeHead(503, { 'content-type': service === 's3' ? 'application/xml' : 'application/x-amz-json-1.0' });
  response.end(refusals[service]);
}
