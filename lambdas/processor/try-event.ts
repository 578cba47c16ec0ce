import { blamesItself } from '../breaker/whose-failure.ts';
import { describeError } from '../contract/errors.ts';
import type { TrialRequest, TrialResult } from '../contract/trial-call.ts';
import { closingMs, deliverEvent } from './deliver.ts';
import type { Meaning, Observation } from './pass.ts';
import { type Disposition, ownMessages, type ProcessorContext } from './processor-context.ts';
import { type Delivery, type ReceivedMessage, readDelivery } from './read-delivery.ts';

/** An event that is due within this time is worth the wait; the scheduled function comes every minute. */
const worthTheWaitSeconds = 120;

/**
 * Posts one event to a destination whose route is paused, to see whether it is well again. It is delivered as any other
 * is, but for two things: a failure uses up no attempt, and it is a copy, so that nothing is acknowledged. Never rejects.
 */
export async function tryEvent(
  context: ProcessorContext,
  { trial, lastDeliveredAtMs }: TrialRequest,
  functionEndsAtMs: number,
): Promise<TrialResult> {
  const message: ReceivedMessage = {
    ...trial.message,
    messageId: trial.messageId,
    // The copy's own age means nothing: its original waits on the queue, and may have been put there anew since.
    sentAtMs: context.now(),
    receiptHandle: trial.receiptHandle,
    receiveCount: 1,
  };
  let delivery: Delivery;
  try {
    delivery = readDelivery(message, ownMessages(context));
  } catch {
    // Its original becomes a dead letter when it is received: nobody waits for it, and it has to be out of the way.
    return { outcome: 'not-posted', againInSeconds: context.settings.trialHideSeconds };
  }
  let told: Told | undefined;
  const pass = {
    counts: false,
    observe: (observation: Observation): Meaning => {
      const isItsOwn = observation.kind === 'ill' && blamesItself(observation.lastFailedAtMs, lastDeliveredAtMs);
      const meaning = isItsOwn ? 'event' : 'destination';
      told = { observation, meaning };
      return meaning;
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
    return resultOf(told, disposition);
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

interface Told {
  readonly observation: Observation;
  readonly meaning: Meaning;
}

function resultOf(told: Told | undefined, disposition: Disposition): TrialResult {
  const again = disposition.kind === 'acknowledge' ? {} : { againInSeconds: disposition.hideSeconds };
  if (told === undefined) {
    if (disposition.kind === 'acknowledge') return { outcome: 'not-posted' };
    const isHeldForLong =
      disposition.why === 'another-delivery-holds-it' && disposition.hideSeconds > worthTheWaitSeconds;
    return isHeldForLong
      ? { outcome: 'not-posted', ...again }
      : { outcome: 'unknown', error: disposition.why ?? 'not posted' };
  }
  const { observation, meaning } = told;
  if (observation.kind === 'well') return { outcome: 'answered', delivered: observation.delivered, ...again };
  const { error, waitUntilMs } = observation;
  const halt = observation.kind === 'ill' ? observation.halt : undefined;
  return {
    outcome: 'failed',
    error,
    blames: meaning === 'event' ? 'event' : 'destination',
    ...(halt === undefined ? {} : { halt }),
    ...(waitUntilMs === undefined ? {} : { waitUntilMs }),
  };
}
