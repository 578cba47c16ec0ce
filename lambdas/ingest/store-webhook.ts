import { describeError, ServiceUnavailableError } from '../contract/errors.ts';
import { largestInlineBytes, type WebhookMetadata } from '../contract/message-attributes.ts';
import { spillKey, writeSpilled } from '../contract/parked-message.ts';
import { payloadKey } from '../contract/payload-pointer.ts';
import type { Clock, NewId, ParkedObjects, PayloadStore, QueueMessage, SendMessage } from '../contract/ports.ts';
import type { LogStep } from '../contract/step-log.ts';
import { traceOf } from '../contract/trace-header.ts';
import { packWebhook } from './pack-webhook.ts';
import type { WaitingStep } from './time-budget.ts';

export interface StorePorts {
  /** The largest message that carries its body itself, while there is a choice. */
  readonly inlineLimitBytes: number;
  readonly payloads: PayloadStore;
  readonly parked: Pick<ParkedObjects, 'put'>;
  readonly send: SendMessage;
  /** Of the trace that this request is in. Absent where nothing is traced. */
  readonly traceHeader?: (() => string | undefined) | undefined;
  readonly now: Clock;
  readonly newId: NewId;
  readonly log: LogStep;
}

/** A webhook that is the sender's, and where it is to go. */
export interface VerifiedWebhook {
  readonly metadata: WebhookMetadata;
  readonly body: Uint8Array;
  readonly queueUrl: string;
  /** When it came, epoch ms. */
  readonly arrivedAtMs: number;
}

/**
 * Stores a webhook: on its queue, or in the bucket until the sweeper puts it there. Once this resolves, the event is
 * ours to deliver.
 *
 * The order matters where it can fail: the payload is written before the message that points to it. A crash between
 * the two leaves an object without a pointer, which the bucket's lifecycle removes; the sender has had no answer and
 * repeats the webhook. The other way round a pointer could reach the processor before its payload.
 *
 *     offload ✗ ─▶ send inline, if SQS takes so much     send ✗ ─▶ spill ✗ ─▶ not stored
 *
 * A send or an offload that failed in its time may have had its effect all the same. Then the webhook is on the queue
 * and spilled, and the processor's delivery record lets one copy through; or its payload lies there with no pointer.
 *
 * @param timeFor what a step may take from now, in ms
 * @throws ServiceUnavailableError when it may not be stored anywhere
 */
export async function storeWebhook(
  webhook: VerifiedWebhook,
  ports: StorePorts,
  timeFor: (step: WaitingStep) => number,
): Promise<void> {
  const { route, eventId } = webhook.metadata;
  const message = { ...(await toMessage(webhook, ports, timeFor)), ...traceOf({ traceHeader: ports.traceHeader?.() }) };
  // API Gateway's clock is not ours.
  const tookMs = () => Math.max(0, ports.now() - webhook.arrivedAtMs);
  try {
    await ports.send(webhook.queueUrl, message, { withinMs: timeFor('send') });
  } catch (error) {
    await spill(webhook.metadata, message, error, ports, timeFor);
    ports.log({ step: 'spilled', route, eventId, error: describeError(error), tookMs: tookMs() });
    return;
  }
  ports.log({ step: 'accepted', route, eventId, bytes: webhook.body.byteLength, tookMs: tookMs() });
}

/** The message for the queue. Its payload, if it needs one, is in the bucket. */
async function toMessage(
  { metadata, body }: VerifiedWebhook,
  { inlineLimitBytes, payloads, newId, log }: StorePorts,
  timeFor: (step: WaitingStep) => number,
): Promise<QueueMessage> {
  const packed = packWebhook(body, metadata, inlineLimitBytes);
  if (packed.kind === 'inline') return packed.message;
  const { route, eventId, contentType } = metadata;
  const pointer = { bucket: payloads.bucket, key: payloadKey(route, newId()) };
  try {
    await payloads.put(pointer.key, body, contentType, timeFor('offload'));
  } catch (error) {
    // The configured limit is one of taste; a bucket that is down is no reason to refuse what SQS can hold.
    const repacked = packWebhook(body, metadata, largestInlineBytes);
    if (repacked.kind === 'offload') throw error;
    log({ step: 'fault', route, eventId, during: 'offloading the payload', error: describeError(error) });
    return repacked.message;
  }
  log({ step: 'offloaded', route, eventId, bytes: body.byteLength });
  return packed.messageFor(pointer);
}

async function spill(
  { route, receivedAtMs }: WebhookMetadata,
  message: QueueMessage,
  sendError: unknown,
  { parked, newId }: StorePorts,
  timeFor: (step: WaitingStep) => number,
): Promise<void> {
  try {
    await parked.put(spillKey(receivedAtMs, newId(), route), writeSpilled({ route, message }), timeFor('spill'));
  } catch (spillError) {
    const sent = describeError(sendError);
    throw new ServiceUnavailableError(`neither queue nor bucket took the webhook: ${sent}`, spillError);
  }
}
