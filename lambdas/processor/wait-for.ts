import type { WaitReason } from '../contract/step-log.ts';
import { acknowledge, type Disposition, type ProcessorContext } from './processor-context.ts';
import type { ReceivedMessage } from './read-delivery.ts';
import { setAside } from './set-aside.ts';

/** How long before SQS deletes a message the relay gives up waiting: time for several tries to set it aside. */
const retentionMarginMs = 3_600_000;

/** The last moment at which a message may still be waiting on its queue. */
export function lastWaitEndsAtMs(context: ProcessorContext, message: ReceivedMessage): number {
  return message.sentAtMs + context.settings.queueRetentionMs - retentionMarginMs;
}

/**
 * Lets a message wait without an attempt. SQS deletes what is too old, hidden or not, and tells nobody: a message that
 * would not come back in time becomes a dead letter instead, which takes nothing but SQS.
 *
 * @throws ServiceUnavailableError when it should have become a dead letter and SQS did not take it
 */
export async function waitFor(
  context: ProcessorContext,
  message: ReceivedMessage,
  eventId: string,
  { inSeconds, why }: { readonly inSeconds: number; readonly why: WaitReason },
): Promise<Disposition> {
  const leftSeconds = Math.floor((lastWaitEndsAtMs(context, message) - context.now()) / 1_000);
  if (leftSeconds <= 0) {
    await setAside(context, message, eventId, { cause: 'retention-reached', error: `the last wait was for: ${why}` });
    return acknowledge;
  }
  const hideSeconds = Math.min(inSeconds, leftSeconds);
  context.log({ step: 'waiting', route: context.settings.route, eventId, inSeconds: hideSeconds, why });
  return { kind: 'keep', hideSeconds, why };
}
