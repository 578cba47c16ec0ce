import type { DestinationAnswer } from '../contract/ports.ts';

/** What an attempt's answer means for its event. */
export type Verdict =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'retry'; readonly status?: number; readonly error: string }
  | { readonly kind: 'dead-letter'; readonly status: number; readonly error: string };

/**
 * 4xx answers that another attempt can mend: Request Timeout, Conflict, Misdirected Request, Locked, Too Early,
 * Too Many Requests. 401, 403 and 410 speak of the destination and not of the event, so the event is kept.
 */
const retryable4xx: ReadonlySet<number> = new Set([401, 403, 408, 409, 410, 421, 423, 425, 429]);

/** The one place that decides on an answer. Redirects are not followed: a 3xx is a destination in the making, and retried. */
export function classify(answer: DestinationAnswer): Verdict {
  switch (answer.kind) {
    case 'timed-out':
      return { kind: 'retry', error: `no answer within ${answer.afterMs} ms` };
    case 'unreachable':
      return { kind: 'retry', error: answer.code };
    case 'answered':
      return classifyStatus(answer.status);
  }
}

function classifyStatus(status: number): Verdict {
  const error = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  if (status >= 400 && status < 500 && !retryable4xx.has(status)) return { kind: 'dead-letter', status, error };
  return { kind: 'retry', status, error };
}
