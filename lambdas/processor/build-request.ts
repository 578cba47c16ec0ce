import type { DeliveryRequest } from '../contract/ports.ts';
import { parseTraceHeader, writeTraceHeader, writeTraceParent } from '../contract/trace-header.ts';
import type { Credentials } from './read-credentials.ts';
import type { Delivery } from './read-delivery.ts';
import { signDelivery } from './sign-delivery.ts';

export interface RequestSettings {
  readonly route: string;
  /** Extra headers of the route's config. */
  readonly headers: Readonly<Record<string, string>>;
  /** Name of the header that the sender signed with. */
  readonly signatureHeader?: string | undefined;
}

/** What is different for each attempt. */
export interface RequestOfAttempt {
  /** From 1. */
  readonly number: number;
  readonly body: Uint8Array;
  readonly credentials: Credentials;
  readonly nowMs: number;
  readonly timeoutMs: number;
  /** Of X-Ray, where the event is traced. */
  readonly traceHeader?: string | undefined;
}

/**
 * The POST of one attempt: the sender's bytes and content type, and what a destination needs to notice a repeat
 * (`webhook-id` stays, `x-relay-attempt` counts). A body that an operator has changed says so. Headers of the config come
 * first, so that none can replace ours; but for those of a trace, which are ours only where the config has none of that
 * name.
 */
export function buildRequest(
  delivery: Delivery,
  attempt: RequestOfAttempt,
  settings: RequestSettings,
): DeliveryRequest {
  const signature =
    settings.signatureHeader === undefined || delivery.signature === undefined
      ? {}
      : { [settings.signatureHeader]: delivery.signature };
  const { eventId } = delivery;
  // Whole seconds, as Standard Webhooks has it.
  const timestamp = String(Math.floor(attempt.nowMs / 1_000));
  const { signingKeys, headers: secretHeaders } = attempt.credentials;
  const ownSignature =
    signingKeys.length === 0
      ? {}
      : { 'webhook-signature': signDelivery({ id: eventId, timestamp, body: attempt.body }, signingKeys) };
  return {
    body: attempt.body,
    timeoutMs: attempt.timeoutMs,
    headers: {
      'user-agent': 'genesys-webhook-relay',
      ...traceHeaders(attempt.traceHeader),
      ...lowerCaseNames(settings.headers),
      ...lowerCaseNames(secretHeaders),
      'content-type': delivery.contentType ?? 'application/octet-stream',
      'webhook-id': eventId,
      'webhook-timestamp': timestamp,
      'x-relay-route': settings.route,
      'x-relay-attempt': String(attempt.number),
      'x-webhook-source': attempt.number === 1 ? 'GenesysCloud' : 'GenesysCloud-Retry',
      ...(delivery.editedAtMs === undefined ? {} : { 'x-relay-edited-at': String(delivery.editedAtMs) }),
      ...signature,
      // After the sender's: where both go by the same name, only ours fits the id and the timestamp above.
      ...ownSignature,
    },
  };
}

/** In X-Ray's spelling and in W3C's: one of them the destination's own tracing understands. */
function traceHeaders(header: string | undefined): Record<string, string> {
  const trace = parseTraceHeader(header);
  if (trace === undefined) return {};
  return { 'x-amzn-trace-id': writeTraceHeader(trace), traceparent: writeTraceParent(trace) };
}

/** Otherwise `Webhook-Id` of a config and our `webhook-id` would both be sent. */
function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
