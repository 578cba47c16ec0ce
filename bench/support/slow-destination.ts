import { createServer } from 'node:http';
import { listenOnLoopback } from '../../lib/local/loopback-server.ts';

export interface SlowDestination {
  readonly url: string;
  /** Requests answered since the last time. */
  readonly takeCount: () => number;
  /** Resolves once so many more have been answered. */
  readonly answered: (count: number) => Promise<void>;
  close(): Promise<void>;
}

/** Takes everything, and answers 200 after so long. */
export async function startSlowDestination(answerAfterMs: number): Promise<SlowDestination> {
  let count = 0;
  let waiting: { readonly until: number; readonly resolve: () => void } | undefined;
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      setTimeout(() => {
        response.end();
        count += 1;
        if (waiting !== undefined && count >= waiting.until) waiting.resolve();
      }, answerAfterMs);
    });
  });
  const { url, close } = await listenOnLoopback(server, 0);
  return {
    url,
    takeCount: () => {
      const taken = count;
      count = 0;
      return taken;
    },
    answered: (more) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = { until: count + more, resolve };
      return promise;
    },
    close,
  };
}
