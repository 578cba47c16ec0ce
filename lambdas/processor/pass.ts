/** What an attempt told of the destination, whatever became of its event. */
export type Observation =
  /** It took the event, or refused just this one. */
  | { readonly kind: 'well'; readonly delivered: boolean }
  | {
      readonly kind: 'ill';
      readonly error: string;
      /** The answer was meant for every event. */
      readonly halt?: 'unauthorized' | 'gone' | undefined;
      /** It asked for no POST before this moment, epoch ms. */
      readonly waitUntilMs?: number | undefined;
      /** When it failed the same event before this, if it did. */
      readonly lastFailedAtMs?: number | undefined;
    }
  /** It wants fewer POSTs, and is well otherwise. */
  | { readonly kind: 'overrun'; readonly error: string; readonly waitUntilMs?: number | undefined };

/** What a failure speaks against: every event of the route, so that it is paused at once; its destination; or its event alone. */
export type Meaning = 'halt' | 'destination' | 'event';

/** On what terms an event may be posted just now. */
export interface Pass {
  /** Whether a failure of the destination uses up an attempt of the event: not while it is only being tried. */
  readonly counts: boolean;
  /** Told once for each POST, before anything is written about it. */
  readonly observe: (observation: Observation) => Meaning;
}
