/** What an attempt told of the destination, whatever became of its event. */
export type Observation =
  /** It took the event, or refused just this one. */
  | { readonly kind: 'well'; readonly eventId: string; readonly delivered: boolean }
  | {
      readonly kind: 'ill';
      readonly eventId: string;
      readonly error: string;
      /** The answer was meant for every event. */
      readonly halt?: 'unauthorized' | 'gone' | undefined;
      /** It asked for no POST before this moment, epoch ms. */
      readonly waitUntilMs?: number | undefined;
    }
  /** It wants fewer POSTs, and is well otherwise. */
  | {
      readonly kind: 'overrun';
      readonly eventId: string;
      readonly error: string;
      readonly waitUntilMs?: number | undefined;
    };

/** Whether an answer that is meant for every event is to be taken so, or as one to this event alone. */
export type Meaning = 'route' | 'event';

/** On what terms an event may be posted just now. */
export interface Pass {
  /** Whether a failed attempt uses up one of the event's: not while the destination is only being tried. */
  readonly counts: boolean;
  /** Events whose 401, 403 or 410 is known to be their own. */
  readonly cleared: readonly string[];
  /** Told once for each POST, before anything is written about it. */
  readonly observe: (observation: Observation) => Meaning;
}
