import type { DeliveryState } from '../dead-letters/delivery-states.ts';
import type { PostAnswer } from './post-webhook.ts';

/** Where a webhook is that was sent. */
export type Whereabouts =
  /** The relay did not take it. */
  | { readonly kind: 'refused'; readonly status: number }
  /** On its queue; no processor has begun with it. */
  | { readonly kind: 'stored' }
  | {
      readonly kind: 'delivering';
      readonly attempts: number;
      /** Of the last attempt; undefined while the first is under way. */
      readonly lastError: string | undefined;
      /** When the next attempt is due, unless one is under way until then. */
      readonly nextAtMs: number;
    }
  | {
      readonly kind: 'delivered';
      readonly attempts: number;
      readonly lastStatus: number | undefined;
      readonly tookMs: number | undefined;
    }
  | { readonly kind: 'dead-letter'; readonly attempts: number; readonly lastError: string | undefined }
  /** The relay has settled the same event before, and posts it no second time. */
  | { readonly kind: 'duplicate'; readonly of: 'delivered' | 'dead-letter' | 'sent-before' }
  /** Stored, and nothing of its route is posted just now. */
  | { readonly kind: 'paused'; readonly why: string; readonly next: string };

/** Clocks that are set by the network differ by less. */
const clockToleranceMs = 250;

/** @param state the event's delivery record; undefined when there is none yet */
export function whereaboutsOf(answer: PostAnswer, state: DeliveryState | undefined): Whereabouts {
  if (answer.status !== 200) return { kind: 'refused', status: answer.status };
  if (state === undefined) return { kind: 'stored' };
  const { attempts, lastStatus, lastError, firstReceivedAtMs, deliveredAtMs } = state;
  const sentAtMs = answer.sentAtMs + answer.clockOffsetMs - clockToleranceMs;
  const isOlder = firstReceivedAtMs !== undefined && firstReceivedAtMs < sentAtMs;
  const error = lastError ?? (lastStatus === undefined ? undefined : `HTTP ${lastStatus}`);
  switch (state.status) {
    case 'delivering':
      return { kind: 'delivering', attempts, lastError: error, nextAtMs: state.leaseExpiresAtMs ?? 0 };
    case 'delivered': {
      if (isOlder && (deliveredAtMs ?? 0) < sentAtMs) return { kind: 'duplicate', of: 'delivered' };
      const measurable = deliveredAtMs !== undefined && firstReceivedAtMs !== undefined;
      const tookMs = measurable ? Math.max(0, deliveredAtMs - firstReceivedAtMs) : undefined;
      return { kind: 'delivered', attempts, lastStatus, tookMs };
    }
    case 'failed':
      return isOlder ? { kind: 'duplicate', of: 'dead-letter' } : { kind: 'dead-letter', attempts, lastError: error };
  }
}

/** Whether nothing more will become of it while somebody waits. */
export function isOver({ kind }: Whereabouts): boolean {
  return kind !== 'stored' && kind !== 'delivering';
}

/** Whether the webhook is where it should be: at its destination, now or before. */
export function isWell(whereabouts: Whereabouts): boolean {
  return whereabouts.kind === 'delivered' || (whereabouts.kind === 'duplicate' && whereabouts.of !== 'dead-letter');
}
