import { describeError } from '../contract/errors.ts';
import type { TrialMessage } from '../contract/parked-message.ts';
import type { TrialResult } from '../contract/trial-call.ts';
import { closingMs, deliverEvent } from './deliver.ts';
import type { Meaning, Observation } from './pass.ts';
import type { Disposition, ProcessorContext } from './processor-context.ts';
import { type Delivery, type ReceivedMessage, readDelivery } from './read-delivery.ts';

/** An event that is due within this time is worth the wait; the scheduled function comes every minute. */
const worthTheWaitSeconds = 120;

/**
 * Posts one event to a destination whose route is paused, to see whether it is well again. It is delivered as any other
 * is, but for two things: a failure uses up no attempt, and it is a copy, so that nothing is acknowledged. Never rejects.
 */
export async function tryEvent(
  context: ProcessorContext,
  trial: TrialMessage,
  functionEndsAtMs: number,
): Promise<TrialResult> {
  const message: ReceivedMessage = {
    ...trial.message,
    messageId: trial.messageId,
    // The copy's own age means nothing: its original waits on the queue, and may have been put there anew since.
    sentAtMs: context.now(),
    receiptHandle: '',
    receiveCount: 1,
  };
  let delivery: Delivery;
  try {
    delivery = readDelivery(message, { route: context.settings.route, bucket: context.payloads.bucket });
  } catch {
    // Its original becomes a dead letter when it is received.
    return { outcome: 'not-posted' };
  }
  const observations: Observation[] = [];
  const pass = {
    counts: false,
    cleared: [],
    observe: (observation: Observation): Meaning => {
      observations.push(observation);
      return 'route';
    },
  };
  try {
    const disposition = await deliverEvent(
      withoutRetries(context),
      message,
      delivery,
      pass,
      functionEndsAtMs - closingMs,
    );
    return resultOf(observations[0], disposition);
  } catch (error) {
    return { outcome: 'unknown', error: describeError(error) };
  }
}

/** The scheduled function tells what came of a trial, and when the next one comes: not after this event's backoff. */
function withoutRetries(context: ProcessorContext): ProcessorContext {
  return {
    ...context,
    log: (step) => {
      if (step.step !== 'retrying') context.log(step);
    },
  };
}

function resultOf(observation: Observation | undefined, disposition: Disposition): TrialResult {
  if (observation?.kind === 'well') return { outcome: 'answered' };
  if (observation !== undefined) {
    const { error, waitUntilMs } = observation;
    const halt = observation.kind === 'ill' ? observation.halt : undefined;
    return {
      outcome: 'failed',
      error,
      ...(halt === undefined ? {} : { halt }),
      ...(waitUntilMs === undefined ? {} : { waitUntilMs }),
    };
  }
  if (disposition.kind === 'acknowledge') return { outcome: 'not-posted' };
  const isHeldForLong =
    disposition.why === 'another-delivery-holds-it' && disposition.hideSeconds > worthTheWaitSeconds;
  return isHeldForLong ? { outcome: 'not-posted' } : { outcome: 'unknown', error: disposition.why ?? 'not posted' };
}
