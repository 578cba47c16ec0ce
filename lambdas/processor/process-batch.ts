import type { Gate } from '../breaker/gate.ts';
import { eventIdOf } from '../contract/message-event-id.ts';
import type { HideMessage } from '../contract/ports.ts';
import { traceOf } from '../contract/trace-header.ts';
import { withinVisibilityLimit } from './backoff.ts';
import { deliver } from './deliver.ts';
import { gateAfterWait, giveBack, holdBatch } from './hold-batch.ts';
import type { Meaning, Observation } from './pass.ts';
import { type Disposition, logFault, type ProcessorContext } from './processor-context.ts';
import type { ReceivedMessage } from './read-delivery.ts';
import { renewWaiting } from './renew-message.ts';
import type { FailedEvent } from './route-breaker.ts';

/** A batch as one invocation gets it. */
export interface Batch {
  readonly messages: readonly ReceivedMessage[];
  readonly invokedAtMs: number;
  readonly functionEndsAtMs: number;
  /** Resolves a moment before that: the last chance to report what is done. */
  readonly functionEnding: Promise<void>;
}

/**
 * Delivers the messages of a batch side by side, as far as the route's breaker lets it; what happens to one does not
 * touch the others.
 *
 * @returns ids of the messages that are to stay on the queue
 */
export async function processBatch(context: ProcessorContext, batch: Batch, hide: HideMessage): Promise<string[]> {
  const settled = new Map<ReceivedMessage, Disposition>();
  await Promise.race([work(context, batch, hide, settled), batch.functionEnding]);
  return batch.messages.flatMap((message) => {
    const disposition = settled.get(message);
    if (disposition === undefined) {
      // Every call has its own limit, so this is one that broke it. The others must not be received again for it.
      logFault(context, `message ${message.messageId}`, 'waiting for an answer', new Error('the function ends'));
    }
    return disposition?.kind === 'acknowledge' ? [] : [message.messageId];
  });
}

async function work(
  context: ProcessorContext,
  batch: Batch,
  hide: HideMessage,
  settled: Map<ReceivedMessage, Disposition>,
): Promise<void> {
  const gate = await gateAfterWait(context, batch.functionEndsAtMs);
  const settle = async (message: ReceivedMessage, decided: Disposition) => {
    const disposition = await renewWaiting(context, message, decided);
    if (disposition.kind === 'keep') await hideKept(context, batch, message, disposition.hideSeconds, hide);
    settled.set(message, disposition);
  };
  if (gate.kind !== 'pass') {
    await holdBatch(context, gate, batch.functionEndsAtMs);
    await sideBySide(batch.messages, batch.messages.length, async (message) =>
      settle(message, await giveBack(context, message, gate)),
    );
    return;
  }
  const failed = await postBatch(context, batch, gate, settle);
  if (failed.route === 'paused') await hideUntilReopened(context, batch, failed.messages, settled, hide);
}

interface FailedOfBatch {
  readonly messages: readonly ReceivedMessage[];
  readonly route: 'paused' | 'passing';
}

async function postBatch(
  context: ProcessorContext,
  batch: Batch,
  gate: Extract<Gate, { kind: 'pass' }>,
  settle: (message: ReceivedMessage, disposition: Disposition) => Promise<void>,
): Promise<FailedOfBatch> {
  const failed: ReceivedMessage[] = [];
  /** Set once no further event of this batch may be posted. */
  let closed: Gate | undefined;
  let report: Promise<'paused' | 'passing'> | undefined;
  const tell = () => {
    report ??= context.breaker.report(failedEvent(failed.at(-1)));
    return report;
  };

  await sideBySide(batch.messages, gate.width, async (message) => {
    if (closed !== undefined) return settle(message, await giveBack(context, message, closed));
    const observe = (observation: Observation): Meaning => {
      const meaning = context.breaker.observe(observation);
      if (observation.kind === 'well') return meaning;
      if (meaning !== 'event') failed.push(message);
      closed ??= closedBy(observation, meaning, gate);
      // What is meant for every event is told at once: the rest of this batch may take its time, and the other
      // processors would go on posting meanwhile. It is then the one write of this batch.
      if (meaning === 'halt' || observation.waitUntilMs !== undefined) void tell();
      return meaning;
    };
    const pass = { counts: gate.counts, observe };
    await settle(message, await deliver(context, message, pass, batch.functionEndsAtMs));
  });
  return { messages: failed, route: await tell() };
}

function failedEvent(message: ReceivedMessage | undefined): FailedEvent | undefined {
  if (message === undefined) return undefined;
  const { messageId, receiptHandle, body, attributes } = message;
  const copy = { body, attributes, ...traceOf(message) };
  return { eventId: eventIdOf(message), message: { messageId, receiptHandle, message: copy } };
}

/** What an answer means for the events of its batch that are not posted yet. */
function closedBy(
  observation: Exclude<Observation, { kind: 'well' }>,
  meaning: Meaning,
  gate: Extract<Gate, { kind: 'pass' }>,
): Gate | undefined {
  if (observation.waitUntilMs !== undefined) return { kind: 'wait', untilMs: observation.waitUntilMs };
  if (meaning === 'event' || observation.kind === 'overrun') return undefined;
  // A destination that is only being tried gets no more than one failure out of each batch.
  return meaning === 'halt' || !gate.counts ? { kind: 'shut', evacuates: false } : undefined;
}

/** Their backoff is short, and the mapping is still on for a minute: they would be received just to be given back. */
async function hideUntilReopened(
  context: ProcessorContext,
  batch: Batch,
  failed: readonly ReceivedMessage[],
  settled: ReadonlyMap<ReceivedMessage, Disposition>,
  hide: HideMessage,
): Promise<void> {
  const { pausedHideSeconds, trialHideSeconds } = context.settings;
  await sideBySide(failed, failed.length, async (message) => {
    const disposition = settled.get(message);
    const hideSeconds = context.breaker.hasCopyOf(eventIdOf(message)) ? trialHideSeconds : pausedHideSeconds;
    if (disposition?.kind !== 'keep' || disposition.hideSeconds >= hideSeconds) return;
    await hideKept(context, batch, message, hideSeconds, hide);
  });
}

/** If hiding fails, the message reappears after the queue's visibility timeout, and the record still holds the time of the next attempt. */
async function hideKept(
  context: ProcessorContext,
  batch: Batch,
  message: ReceivedMessage,
  hideSeconds: number,
  hide: HideMessage,
): Promise<void> {
  try {
    await hide(message.receiptHandle, withinVisibilityLimit(hideSeconds, batch.invokedAtMs, context.now()));
  } catch (error) {
    logFault(context, `message ${message.messageId}`, 'hiding the message', error);
  }
}

/** Runs `run` for each item, for `width` of them at a time, in order. */
async function sideBySide<Item>(items: readonly Item[], width: number, run: (item: Item) => Promise<void>) {
  const waiting = items.values();
  // One iterator for all: each takes the next item when it is through with its last.
  const runNext = async () => {
    for (const item of waiting) await run(item);
  };
  await Promise.all(Array.from({ length: width }, runNext));
}
