import { text } from '../../lambdas/contract/message-attributes.ts';
import { type Batch, processBatch } from '../../lambdas/processor/process-batch.ts';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';
import { hangs } from './fail-calls.ts';
import { memoryQueue } from './memory-queue.ts';
import { functionTimeoutMs, type ProcessorWorld } from './processor-world.ts';
import { receivedMessage, route } from './sqs-record.ts';

/** A message whose event, body and receipt go by one name. */
export function namedMessage(name: string, changes: Partial<ReceivedMessage> = {}): ReceivedMessage {
  return receivedMessage({
    messageId: name,
    receiptHandle: name,
    body: name,
    attributes: { EventId: text(name), Route: text(route) },
    ...changes,
  });
}

/** The messages of a full batch, in their order. */
export const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

/** Messages that a function which has only just begun is given. */
export function batchOf({ clock }: ProcessorWorld, messages: readonly ReceivedMessage[]): Batch {
  return {
    messages,
    invokedAtMs: clock.now(),
    functionEndsAtMs: clock.now() + functionTimeoutMs,
    functionEnding: hangs(),
  };
}

/** The bodies that a destination was posted, in their order. */
export function postedTo({ destination }: ProcessorWorld): string[] {
  return destination.requests.map(({ body }) => Buffer.from(body).toString());
}

/** Processes a batch, and tells what stays and which receipts are hidden for how many seconds. */
export async function run(world: ProcessorWorld, messages = names.map((name) => namedMessage(name))) {
  const queue = memoryQueue();
  const kept = await processBatch(world.context, batchOf(world, messages), queue.hide);
  const hidden = Object.fromEntries(queue.hidden.map(({ receiptHandle, seconds }) => [receiptHandle, seconds]));
  return { kept, hidden };
}
