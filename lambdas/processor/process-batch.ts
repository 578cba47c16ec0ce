import type { HideMessage } from '../contract/ports.ts';
import { withinVisibilityLimit } from './backoff.ts';
import { deliver } from './deliver.ts';
import { type Disposition, logFault, type ProcessorContext } from './processor-context.ts';
import type { ReceivedMessage } from './read-delivery.ts';

/** A batch as one invocation gets it. */
export interface Batch {
  readonly messages: readonly ReceivedMessage[];
  readonly invokedAtMs: number;
  readonly functionEndsAtMs: number;
  /** Resolves a moment before that: the last chance to report what is done. */
  readonly functionEnding: Promise<void>;
}

/**
 * Delivers the messages of a batch side by side; what happens to one does not touch the others.
 *
 * @returns ids of the messages that are to stay on the queue
 */
export async function processBatch(context: ProcessorContext, batch: Batch, hide: HideMessage): Promise<string[]> {
  const kept = await Promise.all(
    batch.messages.map(async (message) => {
      const fate = await Promise.race([
        processMessage(context, batch, message, hide),
        batch.functionEnding.then(() => 'unfinished' as const),
      ]);
      if (fate === 'unfinished') {
        // Every call has its own limit, so this is one that broke it. The others must not be received again for it.
        logFault(context, `message ${message.messageId}`, 'waiting for an answer', new Error('the function ends'));
      }
      return fate === 'acknowledge' ? [] : [message.messageId];
    }),
  );
  return kept.flat();
}

async function processMessage(
  context: ProcessorContext,
  batch: Batch,
  message: ReceivedMessage,
  hide: HideMessage,
): Promise<Disposition['kind']> {
  const disposition = await deliver(context, message, batch.functionEndsAtMs);
  if (disposition.kind === 'keep') await hideKept(context, batch, message, disposition, hide);
  return disposition.kind;
}

/** If hiding fails, the message reappears after the queue's visibility timeout, and the record still holds the time of the next attempt. */
async function hideKept(
  context: ProcessorContext,
  batch: Batch,
  message: ReceivedMessage,
  { hideSeconds }: Extract<Disposition, { kind: 'keep' }>,
  hide: HideMessage,
): Promise<void> {
  try {
    await hide(message.receiptHandle, withinVisibilityLimit(hideSeconds, batch.invokedAtMs, context.now()));
  } catch (error) {
    logFault(context, `message ${message.messageId}`, 'hiding the message', error);
  }
}
