import type { Gate } from '../breaker/gate.ts';
import { eventIdOf } from '../contract/message-event-id.ts';
import type { Random } from '../contract/ports.ts';
import type { WaitReason } from '../contract/step-log.ts';
import { faultBackoffSeconds, spreadSeconds } from './backoff.ts';
import { closingMs } from './deliver.ts';
import { evacuateEvent } from './evacuate-event.ts';
import { type Disposition, logFault, type ProcessorContext } from './processor-context.ts';
import type { ReceivedMessage } from './read-delivery.ts';
import { waitFor } from './wait-for.ts';

/** For the claim and the body before a POST, and for what follows it. */
const roomForAttemptMs = closingMs + 2_000;

/** Over so long do the processors begin again that have waited for a destination. */
const longestSpreadMs = 5_000;

/** What a batch may do, once a wait that is short enough has been waited for. */
export async function gateAfterWait(context: ProcessorContext, functionEndsAtMs: number): Promise<Gate> {
  const gate = await context.breaker.gate();
  if (gate.kind !== 'wait') return gate;
  const latestStartMs = functionEndsAtMs - context.settings.timeoutMs - roomForAttemptMs;
  if (gate.untilMs > latestStartMs) return gate;
  // Not all of them in the same moment: every processor of the route waits for the same one.
  const spreadMs = context.random() * Math.min(latestStartMs - gate.untilMs, longestSpreadMs);
  await context.sleep(gate.untilMs - context.now() + spreadMs);
  // Somebody who was not held back may have been told to wait longer.
  return context.breaker.gate();
}

/**
 * Keeps a batch that must not be posted for as long as the function may run. Lambda goes on receiving until the mapping
 * is off, a minute or two: a processor that gave its messages back at once would be given the next ones, and in that
 * time would put the whole backlog in flight.
 */
export async function holdBatch(context: ProcessorContext, gate: Gate, functionEndsAtMs: number): Promise<void> {
  const longestMs = functionEndsAtMs - context.now() - closingMs;
  if (longestMs <= 0 || gate.kind === 'pass' || (gate.kind === 'shut' && gate.evacuates)) return;
  await context.sleep(gate.kind === 'wait' ? Math.min(longestMs, gate.untilMs - context.now()) : longestMs);
}

/**
 * Gives one message back unattempted, to come again when its route may have been opened. One of a route that is being
 * evacuated becomes a dead letter: hidden it would take one of SQS's 120,000 places in flight, and the older ones behind
 * it would never be handed out.
 */
export async function giveBack(context: ProcessorContext, message: ReceivedMessage, gate: Gate): Promise<Disposition> {
  const eventId = eventIdOf(message);
  try {
    if (gate.kind === 'shut' && gate.evacuates) return await evacuateEvent(context, message);
    return await waitFor(context, message, eventId, waitOf(context, gate));
  } catch (error) {
    // It must not wait any longer, and the dead letter queue did not take it.
    logFault(context, eventId, 'giving the message back', error);
    return { kind: 'keep', hideSeconds: faultBackoffSeconds(message.receiveCount, context.random) };
  }
}

function waitOf(context: ProcessorContext, gate: Gate): { inSeconds: number; why: WaitReason } {
  if (gate.kind === 'wait') {
    const inSeconds = spreadSeconds((gate.untilMs - context.now()) / 1_000, context.random);
    return { inSeconds, why: 'destination-asked-to-wait' };
  }
  const { pausedHideSeconds } = context.settings;
  return { inSeconds: giveBackSeconds(pausedHideSeconds, context.random), why: 'route-paused' };
}

/** Only half of it is jitter: what comes back early finds the mapping still on, and is received once more for nothing. */
export function giveBackSeconds(longestSeconds: number, random: Random): number {
  return Math.ceil(longestSeconds * (0.5 + random() / 2));
}
