import type { Relay } from '../connection/connect-relay.ts';
import type { StoredBreaker } from './stored-breaker.ts';

/** One route as `relay route list` shows it. The numbers are SQS's: approximate, and some seconds late. */
export interface RouteOverview {
  readonly route: string;
  readonly breaker: StoredBreaker;
  /** Events that a processor could receive now. */
  readonly waiting: number;
  /** Events that are being delivered, or hidden until their next attempt. */
  readonly inFlight: number;
  readonly deadLetters: number;
}

/** @throws OperatorError when the table or a queue cannot be read */
export async function readOverviews({
  location,
  breakers,
  queues,
}: Pick<Relay, 'location' | 'breakers' | 'queues'>): Promise<readonly RouteOverview[]> {
  return await Promise.all(
    [...location.routes].map(async ([route, { queueUrl, deadLetterQueueUrl }]) => {
      const [breaker, events, deadLetters] = await Promise.all([
        breakers.read(route),
        queues.depthOf(queueUrl),
        queues.depthOf(deadLetterQueueUrl),
      ]);
      return {
        route,
        breaker,
        waiting: events.visible,
        inFlight: events.hidden,
        // Those that somebody is looking at just now are dead letters, too.
        deadLetters: deadLetters.visible + deadLetters.hidden,
      };
    }),
  );
}
