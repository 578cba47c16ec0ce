import type { IngestRoute } from '../contract/env.ts';
import { describeError } from '../contract/errors.ts';
import { portableHeader } from '../contract/message-attributes.ts';
import { unknownRoute } from '../contract/metric-names.ts';
import type { SecretSource } from '../contract/ports.ts';
import type { RefusalReason } from '../contract/step-log.ts';
import { allowsSource } from './allows-source.ts';
import { eventIdOf } from './event-id.ts';
import { type StorePorts, storeWebhook } from './store-webhook.ts';
import { timeFor, type WaitingStep } from './time-budget.ts';
import { verifyRequest } from './verify-request.ts';
import { headerOf, type WebhookRequest } from './webhook-request.ts';

export interface AcceptPorts extends StorePorts {
  readonly routes: Readonly<Record<string, IngestRoute>>;
  readonly secrets: SecretSource;
}

/** What became of a request. */
export type Acceptance =
  /** On the queue, or on its way there: from here on the event is ours to deliver. */
  | { readonly kind: 'stored'; readonly eventId: string }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  /** A fault of ours. Nothing was promised, and the sender is to try again. */
  | { readonly kind: 'not-stored' };

/**
 * Verifies a webhook and stores it. Never rejects: whatever fails on our side is `not-stored`. Resolves within
 * `answerWithinMs`, because every port it waits for is told how long it may take.
 */
export async function acceptWebhook(request: WebhookRequest, ports: AcceptPorts): Promise<Acceptance> {
  const receivedAtMs = ports.now();
  const route = Object.hasOwn(ports.routes, request.route) ? ports.routes[request.route] : undefined;
  if (route === undefined) return refused(request, 'unknown-route', ports);
  if (!allowsSource(route.allowCidrs, request.sourceIp)) return refused(request, 'source-not-allowed', ports);
  if (request.body.byteLength === 0) return refused(request, 'empty-body', ports);
  try {
    return await verifyAndStore(request, route, receivedAtMs, ports);
  } catch (error) {
    ports.log({ step: 'not-stored', route: request.route, error: describeError(error) });
    return { kind: 'not-stored' };
  }
}

async function verifyAndStore(
  request: WebhookRequest,
  route: IngestRoute,
  receivedAtMs: number,
  ports: AcceptPorts,
): Promise<Acceptance> {
  const remaining = (step: WaitingStep) => timeFor(step, { beganAtMs: receivedAtMs, nowMs: ports.now() });
  const secrets: SecretSource = (secretArn, options) =>
    ports.secrets(secretArn, { ...options, withinMs: remaining('secrets') });
  const verification = await verifyRequest(request, route.verify, secrets, receivedAtMs);
  if (verification.kind === 'refused') return refused(request, verification.reason, ports);

  const eventId = eventIdOf(request, route.verify.kind, route.eventId);
  const contentType = portableHeader(headerOf(request, 'content-type'));
  const metadata = { eventId, route: request.route, receivedAtMs, contentType, signature: verification.signature };
  const arrivedAtMs = request.arrivedAtMs ?? receivedAtMs;
  await storeWebhook({ metadata, body: request.body, queueUrl: route.queueUrl, arrivedAtMs }, ports, remaining);
  return { kind: 'stored', eventId };
}

function refused(request: WebhookRequest, reason: RefusalReason, ports: AcceptPorts): Acceptance {
  // The name of an unknown route is the caller's text: it is not repeated into our logs.
  const route = reason === 'unknown-route' ? unknownRoute : request.route;
  ports.log({ step: 'refused', route, reason });
  return { kind: 'refused', reason };
}
