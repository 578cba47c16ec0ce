import type { DestinationAnswer } from '../contract/ports.ts';
import { askedWaitUntilMs } from './asked-wait.ts';

/** What an attempt's answer means for its event, and for the route. */
export type Verdict =
  | { readonly kind: 'delivered'; readonly status: number }
  | Retry
  /** The answer speaks of every event: the route is to be paused, and this one kept. */
  | { readonly kind: 'pause'; readonly why: 'unauthorized' | 'gone'; readonly status: number; readonly error: string }
  | { readonly kind: 'dead-letter'; readonly cause: 'rejected'; readonly status: number; readonly error: string };

export interface Retry {
  readonly kind: 'retry';
  readonly status?: number;
  readonly error: string;
  /** The destination asked for no POST of any event before this moment, epoch ms. */
  readonly notBeforeMs?: number;
  /**
   * What the answer speaks against: the destination, which may be down; the event, which is in conflict with something
   * of its own; or our pace, which uses up no attempt, because no event is to blame for it.
   */
  readonly blames: 'destination' | 'event' | 'pace';
}

/** 4xx that another attempt at the same event can mend: Conflict, Locked, Too Early. The destination itself is well. */
const eventPasses: ReadonlySet<number> = new Set([409, 423, 425]);

/** 4xx that say nothing of the event: Request Timeout, Misdirected Request. */
const destinationPasses: ReadonlySet<number> = new Set([408, 421]);

/**
 * The one place that decides on an answer. Redirects are not followed: a 3xx is a destination in the making, and retried.
 *
 * @param nowMs epoch ms, when the answer came
 */
export function classify(answer: DestinationAnswer, nowMs: number): Verdict {
  switch (answer.kind) {
    case 'timed-out':
      return { kind: 'retry', error: `no answer within ${answer.afterMs} ms`, blames: 'destination' };
    case 'unreachable':
      return { kind: 'retry', error: answer.code, blames: 'destination' };
    case 'out-of-reach':
      // DNS can be mended, and the config as well: no event is to blame, and none is given up for it.
      return { kind: 'retry', error: `address ${answer.address} is not allowed`, blames: 'destination' };
    case 'answered':
      return classifyStatus(answer.status, askedWaitUntilMs(answer.status, answer.headers, nowMs));
  }
}

function classifyStatus(status: number, notBeforeMs: number | undefined): Verdict {
  const error = `HTTP ${status}`;
  const retry = (blames: Retry['blames']): Retry => ({
    kind: 'retry',
    status,
    error,
    blames,
    ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
  });
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  if (status === 401 || status === 403) return { kind: 'pause', why: 'unauthorized', status, error };
  if (status === 410) return { kind: 'pause', why: 'gone', status, error };
  if (status === 429) return retry('pace');
  if (eventPasses.has(status)) return retry('event');
  if (status >= 400 && status < 500 && !destinationPasses.has(status)) {
    return { kind: 'dead-letter', cause: 'rejected', status, error };
  }
  return retry('destination');
}
