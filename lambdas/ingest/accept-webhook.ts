import type { IngestRoute } from '../contract/env.ts';
import { describeError } from '../contract/errors.ts';
import { portableHeader } from '../contract/message-attributes.ts';
import { payloadKey } from '../contract/payload-pointer.ts';
import type { Clock, NewId, PayloadStore, SecretSource, SendMessage } from '../contract/ports.ts';
import type { LogStep, RefusalReason } from '../contract/step-log.ts';
import { eventIdOf } from './event-id.ts';
import { packWebhook } from './pack-webhook.ts';
import { verifyRequest } from './verify-request.ts';
import { headerOf, type WebhookRequest } from './webhook-request.ts';

export interface AcceptPorts {
  readonly routes: Readonly<Record<string, IngestRoute>>;
  readonly inlineLimitBytes: number;
  readonly payloads: PayloadStore;
  readonly secrets: SecretSource;
  readonly send: SendMessage;
  readonly now: Clock;
  readonly newId: NewId;
  readonly log: LogStep;
}

/** What became of a request. */
export type Acceptance =
  /** On the queue: from here on the event is ours to deliver. */
  | { readonly kind: 'stored'; readonly eventId: string }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  /** A fault of ours. Nothing was promised, and the sender is to try again. */
  | { readonly kind: 'not-stored' };

/**
 * Verifies a webhook and stores it. Never rejects: whatever fails on our side is `not-stored`.
 *
 * The order matters where it can fail: the payload is written before the message that points to it. A crash between
 * the two leaves an object without a pointer, which the bucket's lifecycle removes; the sender has had no answer and
 * repeats the webhook. The other way round a pointer could reach the processor before its payload.
 */
export async function acceptWebhook(request: WebhookRequest, ports: AcceptPorts): Promise<Acceptance> {
  const route = Object.hasOwn(ports.routes, request.route) ? ports.routes[request.route] : undefined;
  if (route === undefined) return refused(request, 'unknown-route', ports);
  if (request.body.byteLength === 0) return refused(request, 'empty-body', ports);
  try {
    return await verifyAndStore(request, route, ports);
  } catch (error) {
    ports.log({ step: 'not-stored', route: request.route, error: describeError(error) });
    return { kind: 'not-stored' };
  }
}

async function verifyAndStore(request: WebhookRequest, route: IngestRoute, ports: AcceptPorts): Promise<Acceptance> {
  const verification = await verifyRequest(request, route.verify, ports.secrets);
  if (verification.kind === 'refused') return refused(request, verification.reason, ports);

  const eventId = eventIdOf(request, route.verify.kind, route.eventId);
  const event = { route: request.route, eventId, bytes: request.body.byteLength };
  const contentType = portableHeader(headerOf(request, 'content-type'));
  const packed = packWebhook(
    request.body,
    { eventId, route: request.route, receivedAtMs: ports.now(), contentType, signature: verification.signature },
    ports.inlineLimitBytes,
  );
  if (packed.kind === 'inline') {
    await ports.send(route.queueUrl, packed.message);
  } else {
    const pointer = { bucket: ports.payloads.bucket, key: payloadKey(request.route, ports.newId()) };
    await ports.payloads.put(pointer.key, request.body, contentType);
    ports.log({ step: 'offloaded', ...event });
    await ports.send(route.queueUrl, packed.messageFor(pointer));
  }
  ports.log({ step: 'accepted', ...event });
  return { kind: 'stored', eventId };
}

function refused(request: WebhookRequest, reason: RefusalReason, ports: AcceptPorts): Acceptance {
  // The name of an unknown route is the caller's text: it is not repeated into our logs.
  const route = reason === 'unknown-route' ? 'unknown' : request.route;
  ports.log({ step: 'refused', route, reason });
  return { kind: 'refused', reason };
}
