import { describeError } from '../contract/errors.ts';
import { parseAttributes } from '../contract/message-attributes.ts';
import { messageEventId } from '../contract/message-event-id.ts';
import { unknownRoute } from '../contract/metric-names.ts';
import { readSpilled, type SpilledWebhook } from '../contract/parked-message.ts';
import type { ParkedObjects, SendMessage } from '../contract/ports.ts';
import type { LogStep } from '../contract/step-log.ts';

export interface SpillPorts {
  /** Queue URLs by route. */
  readonly queues: Readonly<Record<string, string>>;
  readonly parked: Omit<ParkedObjects, 'put'>;
  readonly send: SendMessage;
  readonly log: LogStep;
}

/** More than one, and few enough that an outage is noticed at once. */
const mostFailedSends = 3;

/** Whether nothing more of a route is swept in this run. */
export function isPassedOver(route: string, failedSends: ReadonlyMap<string, number>): boolean {
  return failedSendsOf(route, failedSends) >= mostFailedSends;
}

function failedSendsOf(route: string, failedSends: ReadonlyMap<string, number>): number {
  return failedSends.get(route) ?? 0;
}

/**
 * What became of a spilled webhook: `gone` by another run, or `left` where it was, by a fault of its own or of its
 * route's; or by the bucket's.
 */
export type SweepFate = 'swept' | 'gone' | 'left' | 'bucket-failed';

/**
 * Puts one spilled webhook on the queue of its route, then deletes its object. Never rejects.
 *
 *     read ─▶ send ─▶ delete
 *
 * Dead before the send: nothing has happened. Dead between send and delete, or the answer to either lost: the webhook
 * is on its queue and the next run sends a copy, which has the same event id, so that the delivery record suppresses
 * it. Two runs at once do the same. Deleting first would lose the webhook to a crash.
 *
 * @param failedSends of this run, by route. A queue that has refused three is down, and its route is passed over: one
 *   message that SQS will never take must not hold up its route, nor one queue that is down all the others
 */
export async function sweepWebhook(
  key: string,
  ports: SpillPorts,
  failedSends: Map<string, number>,
): Promise<SweepFate> {
  const { queues, parked, send, log } = ports;
  const logFault = (
    during: string,
    error: unknown,
    of: { route: string; eventId?: string } = { route: unknownRoute },
  ) => {
    const { route, eventId } = of;
    log({
      step: 'fault',
      route,
      ...(eventId === undefined ? {} : { eventId }),
      during: `${during} ${key}`,
      error: describeError(error),
    });
  };

  let text: string;
  try {
    text = await parked.get(key);
  } catch (error) {
    logFault('reading', error);
    return 'bucket-failed';
  }
  if (text === 'missing') return 'gone';

  const event = readEvent(text);
  if (event === undefined) {
    logFault('reading', 'not a webhook that the relay has spilled');
    return 'left';
  }
  const { route, eventId, message } = event;
  if (isPassedOver(route, failedSends)) return 'left';
  const queueUrl = Object.hasOwn(queues, route) ? queues[route] : undefined;
  if (queueUrl === undefined) {
    // Logged once a run: the others of this route have the same to say.
    failedSends.set(route, mostFailedSends);
    logFault('sweeping', 'the relay has no such route', event);
    return 'left';
  }

  try {
    await send(queueUrl, message);
  } catch (error) {
    failedSends.set(route, failedSendsOf(route, failedSends) + 1);
    logFault('sending', error, event);
    return 'left';
  }
  log({ step: 'swept', route, eventId });

  try {
    await parked.delete(key);
  } catch (error) {
    logFault('deleting', error, event);
    return 'bucket-failed';
  }
  return 'swept';
}

interface SpilledEvent extends SpilledWebhook {
  readonly eventId: string;
}

/** Undefined for an object that the relay cannot have written. */
function readEvent(text: string): SpilledEvent | undefined {
  const spilled = readSpilled(text);
  if (spilled === undefined) return undefined;
  const parsed = parseAttributes(spilled.message.attributes);
  if (parsed.kind === 'malformed') return undefined;
  return { ...spilled, eventId: messageEventId(spilled.message.body, parsed.known) };
}
