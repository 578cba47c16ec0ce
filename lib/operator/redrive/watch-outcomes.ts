import { deliveryKey } from '../../../lambdas/contract/delivery-record.ts';
import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { DeadLetter } from '../dead-letters/dead-letter.ts';
import type { DeliveryState, ReadDeliveryStates } from '../dead-letters/delivery-states.ts';
import type { PlannedRedrive } from './plan-redrive.ts';

/** How a redriven event fared. */
export type EventOutcome =
  | 'delivered'
  /** A dead letter once more. */
  | 'failed-again'
  /** An attempt failed, and it will be tried again by itself. */
  | 'retrying'
  /** On its queue, or in its first attempt. */
  | 'under-way';

/** Messages whose event we follow, with what is known of each. */
export interface WatchedEvent extends PlannedRedrive {
  readonly route: string;
  readonly outcome: EventOutcome;
  /** The destination's last status, or what went wrong in its place. */
  readonly reason: string | undefined;
}

export interface WatchTools {
  readonly readDeliveryStates: ReadDeliveryStates;
  readonly now: Clock;
  /** Called once an event is delivered or has failed again. */
  readonly onSettled: (event: WatchedEvent) => void;
}

/** Follows redriven events by their delivery records. */
export interface OutcomeWatch {
  sent(route: string, planned: PlannedRedrive): void;
  /** A dead letter was seen that was not sent. It may have been there before, if its event has several. */
  seen(route: string, deadLetter: Pick<DeadLetter, 'eventId' | 'sentAtMs'>): void;
  /** Reads the records of what is not settled, the longest waiting first, a hundred at most. */
  poll(): Promise<void>;
  events(route?: string): readonly WatchedEvent[];
  /** The outcomes that are a word on the destination, the latest last, twenty at most. */
  latest(route: string): readonly WatchedEvent[];
  /** When the last outcome came in, or the first message was sent after all had; epoch ms. */
  lastNewsAtMs(): number;
}

/** So many outcomes are looked at to judge a destination. */
const latestOutcomes = 20;

/** One BatchGetItem. */
const mostReads = 100;

export function watchOutcomes({ readDeliveryStates, now, onSettled }: WatchTools): OutcomeWatch {
  const watched = new Map<string, WatchedEvent>();
  /** Keys in the order in which something was last learnt about them. */
  const news = new Set<string>();
  let lastNewsAtMs = now();

  const isOpen = ({ outcome }: WatchedEvent) => outcome === 'under-way' || outcome === 'retrying';
  const learn = (key: string, event: WatchedEvent): void => {
    const before = watched.get(key);
    watched.set(key, event);
    if (before?.outcome === event.outcome) return;
    lastNewsAtMs = now();
    news.delete(key);
    news.add(key);
    if (!isOpen(event)) onSettled(event);
  };

  return {
    sent(route, planned) {
      if (planned.eventId === undefined) return;
      const key = deliveryKey(route, planned.eventId);
      // Two dead letters of one event have one record, and what became of the first holds for the second.
      if (watched.get(key)?.redrivenAtMs === planned.redrivenAtMs) return;
      if (![...watched.values()].some(isOpen)) lastNewsAtMs = now();
      watched.set(key, { ...planned, route, outcome: 'under-way', reason: undefined });
    },
    seen(route, deadLetter) {
      if (deadLetter.eventId === undefined) return;
      const key = deliveryKey(route, deadLetter.eventId);
      const event = watched.get(key);
      if (event === undefined || !isOpen(event) || !isSince(deadLetter, event)) return;
      learn(key, { ...event, outcome: 'failed-again', reason: event.reason ?? 'a dead letter again' });
    },
    async poll() {
      const open = [...watched].filter(([, event]) => isOpen(event)).slice(0, mostReads);
      const states = await readDeliveryStates(open.map(([key]) => key));
      for (const [key, event] of open) {
        // To the end of the line: what is tried again may be open for hours.
        watched.delete(key);
        watched.set(key, event);
        const state = states.get(key);
        learn(key, { ...event, outcome: outcomeOf(state, event), reason: reasonOf(state, event) });
      }
    },
    events: (route) => [...watched.values()].filter((event) => route === undefined || event.route === route),
    latest: (route) =>
      [...news]
        .flatMap((key) => watched.get(key) ?? [])
        .filter((event) => event.route === route)
        .slice(-latestOutcomes),
    lastNewsAtMs: () => lastNewsAtMs,
  };
}

/** AWS refuses what is signed by a clock that is off by more. */
const mostClockOffsetMs = 5 * 60_000;

/**
 * Whether a dead letter is what became of a redrive, and none that lay there before it. The times are those of two clocks:
 * the operator's, and SQS's.
 */
export function isSince(
  { sentAtMs }: Pick<DeadLetter, 'sentAtMs'>,
  { redrivenAtMs }: Pick<PlannedRedrive, 'redrivenAtMs'>,
): boolean {
  return sentAtMs >= redrivenAtMs - mostClockOffsetMs;
}

/**
 * What a delivery record says of this redrive. One that a redriven message has not opened yet still says what it said of
 * the dead letter; `delivered` holds whoever delivered it.
 */
export function outcomeOf(
  state: DeliveryState | undefined,
  { redrivenAtMs }: Pick<PlannedRedrive, 'redrivenAtMs'>,
): EventOutcome {
  if (state?.status === 'delivered') return 'delivered';
  if (state?.redrivenAtMs !== redrivenAtMs) return 'under-way';
  if (state.status === 'failed') return 'failed-again';
  return state.attempts > 0 || state.lastFailedAtMs !== undefined ? 'retrying' : 'under-way';
}

function reasonOf(state: DeliveryState | undefined, planned: PlannedRedrive): string | undefined {
  const outcome = outcomeOf(state, planned);
  if (outcome !== 'failed-again' && outcome !== 'retrying') return undefined;
  return state?.lastStatus === undefined ? state?.lastError : `status ${state.lastStatus}`;
}
