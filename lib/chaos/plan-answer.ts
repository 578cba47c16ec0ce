import type { DestinationBehaviour } from '../local/destination.ts';
import { keyedRandom } from './keyed-random.ts';

/** What a destination does with one POST. */
export interface PlannedAnswer {
  /** Whether it has the event now, and says so if it can. */
  readonly taken: boolean;
  readonly behaviour: DestinationBehaviour;
}

const failingPercent = 20;
const throttledPercent = 5;
const hangingPercent = 5;
const serverErrors = [500, 502, 503, 504] as const;

/** How long an answer takes that is not late. */
const slowestAnswerMs = 40;

/** How long after the relay has given up a late answer comes. */
const lateByMs = 500;

/**
 * The answer to the POST number `post`, from 1, of an event: 20 % a 5xx, 5 % 429, and 5 % none in time, of which each
 * second one has taken the event all the same.
 *
 * It goes by the number of POSTs and not by `x-relay-attempt`, which a 429 does not raise: that event would be answered
 * 429 for ever.
 */
export function planAnswer(seed: number, eventId: string, post: number, timeoutMs: number): PlannedAnswer {
  const random = keyedRandom(seed, 'answer', eventId, post);
  const delayMs = random.between(1, slowestAnswerMs);
  const percent = random.between(1, 100);
  if (percent <= failingPercent) {
    const status = serverErrors[random.between(0, serverErrors.length - 1)] ?? serverErrors[0];
    return { taken: false, behaviour: { kind: 'answer', status, delayMs } };
  }
  if (percent <= failingPercent + throttledPercent) {
    return { taken: false, behaviour: { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, delayMs } };
  }
  if (percent <= failingPercent + throttledPercent + hangingPercent) {
    return random.between(1, 2) === 1
      ? { taken: false, behaviour: { kind: 'hang' } }
      : { taken: true, behaviour: { kind: 'answer', status: 200, delayMs: timeoutMs + lateByMs } };
  }
  return { taken: true, behaviour: { kind: 'answer', status: 200, delayMs } };
}
