import { attributeNames } from '../../lambdas/contract/message-attributes.ts';
import type { HideMessage, QueueMessage } from '../../lambdas/contract/ports.ts';
import { processBatch } from '../../lambdas/processor/process-batch.ts';
import type { ProcessorContext } from '../../lambdas/processor/processor-context.ts';
import type { ReceivedMessage } from '../../lambdas/processor/read-delivery.ts';
import type { RouteBreaker } from '../../lambdas/processor/route-breaker.ts';
import { maxReceiveCount } from '../../lib/infra/timings.ts';
import { crashableProcessor, type Moment } from './crashable-processor.ts';
import { hangs } from './fail-calls.ts';
import { passingBreaker } from './passing-breaker.ts';
import { functionTimeoutMs, type ProcessorWorld, visibilityTimeoutMs } from './processor-world.ts';

interface QueuedMessage {
  readonly message: ReceivedMessage;
  visibleAtMs: number;
  receives: number;
}

/** Far more than any of the tests needs: the guard against a message that goes round for ever. */
const mostInvocations = 500;

/**
 * Plays a route's queue and event source mapping in simulated time until no message is left: visibility, native
 * redrive after too many receives, and a process that dies where it is told to.
 *
 * @throws Error for a message that was acknowledged before its event was delivered or in the dead letter queue
 */
export async function drainQueue(
  world: ProcessorWorld,
  messages: readonly ReceivedMessage[],
  crashesAt: (moment: Moment) => boolean = () => false,
  breaker: RouteBreaker = passingBreaker,
): Promise<void> {
  const { clock, context, deadLetters } = world;
  let queued: QueuedMessage[] = messages.map((message) => ({ message, visibleAtMs: clock.now(), receives: 0 }));
  let renewals = 0;
  const sendAgain: ProcessorContext['sendAgain'] = async (message, delaySeconds) => {
    const name = `renewal-${++renewals}`;
    const visibleAtMs = clock.now() + delaySeconds * 1_000;
    const renewed = { ...message, messageId: name, receiptHandle: name, sentAtMs: clock.now(), receiveCount: 1 };
    queued.push({ message: renewed, visibleAtMs, receives: 0 });
  };
  const hide: HideMessage = async (receiptHandle, seconds) => {
    for (const entry of queued) {
      if (entry.message.receiptHandle === receiptHandle) entry.visibleAtMs = clock.now() + seconds * 1_000;
    }
  };
  const processor = crashableProcessor({ ...context, breaker, sendAgain }, hide, crashesAt);

  for (let invocation = 0; queued.length > 0; invocation++) {
    if (invocation === mostInvocations) throw new Error('the queue does not come to an end');
    const entry = queued.reduce((earliest, next) => (next.visibleAtMs < earliest.visibleAtMs ? next : earliest));
    clock.moveTo(entry.visibleAtMs);
    entry.receives += 1;
    if (entry.receives > maxReceiveCount(context.settings.retry.maxAttempts)) {
      deadLetters.push(entry.message);
      queued = queued.filter((other) => other !== entry);
      continue;
    }
    entry.visibleAtMs = clock.now() + visibilityTimeoutMs;
    const batch = {
      messages: [{ ...entry.message, receiveCount: entry.receives }],
      invokedAtMs: clock.now(),
      functionEndsAtMs: clock.now() + functionTimeoutMs,
      functionEnding: hangs(),
    };
    const kept = await processor.invoke((mortalContext, mortalHide) => processBatch(mortalContext, batch, mortalHide));
    if (kept !== 'crashed' && kept.length === 0) {
      queued = queued.filter((other) => other !== entry);
      demandSafe(world, entry.message, queued);
    }
  }
}

/** The promise of the relay: what is taken off the queue is delivered, or waits in the dead letter queue, or is still on it. */
function demandSafe(
  { records, deadLetters }: ProcessorWorld,
  { messageId, attributes }: ReceivedMessage,
  left: readonly QueuedMessage[],
): void {
  const eventId = attributes[attributeNames.eventId]?.value ?? '';
  const isOf = (other: QueueMessage) => other.attributes[attributeNames.eventId]?.value === eventId;
  const waits = left.some(({ message }) => isOf(message));
  if (!waits && !deadLetters.some(isOf) && records.read(eventId)?.status !== 'delivered') {
    throw new Error(`message ${messageId} was acknowledged although event ${eventId} is not safe`);
  }
}
