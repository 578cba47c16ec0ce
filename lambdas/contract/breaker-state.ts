import * as z from 'zod/mini';

/** Why a route is paused. */
export const pauseReasons = [
  /** Most attempts failed. Mended by itself: a trial finds out. */
  'failing',
  /** 401 or 403: the credentials are wrong for every event. A trial finds out when they are right again. */
  'unauthorized',
  /** The destination asked for a wait that is longer than a processor can wait for it. */
  'asked-to-wait',
  /** 410: the destination says that it will not come back. Until an operator resumes the route. */
  'gone',
  /** `relay route pause`. Until an operator resumes the route. */
  'operator',
] as const;

export type PauseReason = (typeof pauseReasons)[number];

/** What came of the attempts since a moment. */
const countsSchema = z.object({
  sinceMs: z.number(),
  attempts: z.number(),
  failures: z.number(),
  /** Failures with no success after them, however long ago they began: what a quiet route is judged by. */
  streak: z.number(),
  streakSinceMs: z.number(),
});

export type Counts = z.infer<typeof countsSchema>;

const trialSchema = z.object({
  /** Where the copy lies: see parked-message.ts. */
  key: z.string(),
  eventId: z.string(),
});

/** A copy of one event that a paused route's destination is tried with. Its original stays on the queue, hidden. */
export type Trial = z.infer<typeof trialSchema>;

const phaseSchema = z.discriminatedUnion('kind', [
  /** Everything flows. Nothing is counted, and nothing written, until an attempt fails. */
  z.object({ kind: z.literal('closed'), counts: z.optional(countsSchema) }),
  /** No POST but trials; the event source mapping is disabled. */
  z.object({
    kind: z.literal('open'),
    reason: z.enum(pauseReasons),
    /** The last error of the destination, such as `HTTP 503`. */
    error: z.optional(z.string()),
    sinceMs: z.number(),
    /** A trial that succeeds before this moment does not yet open the route. */
    reopenNotBeforeMs: z.number(),
    /** Trials, of whatever event, that the destination failed since the route was paused. */
    failedTrials: z.number(),
    /** Whether one was answered well since then: only `reopenNotBeforeMs` still keeps the route paused. */
    answered: z.boolean(),
    /** Looks at the queue that cost receives and brought no copy: each one doubles the distance to the next. */
    vainLooks: z.number(),
    /** Looks for still more copies because all at hand had failed: the same. */
    furtherLooks: z.number(),
  }),
  /** The first events after a pause, one at a time in each of the fewest processors. */
  z.object({ kind: z.literal('half-open'), sinceMs: z.number(), counts: countsSchema }),
  /** More and more of them: `step` counts from 1. */
  z.object({ kind: z.literal('ramping'), sinceMs: z.number(), step: z.number(), counts: countsSchema }),
]);

export type Phase = z.infer<typeof phaseSchema>;
export type OpenPhase = Extract<Phase, { kind: 'open' }>;

const stateSchema = z.object({
  phase: phaseSchema,
  /** Until this moment nothing of the route is posted, because the destination asked for it; 0 when it did not. */
  notBeforeMs: z.number(),
  /** Times in a row that the route was paused again soon after it had been reopened. */
  relapses: z.number(),
  /** Since when events may have been held back, through every relapse, until the route is closed again; 0 while it is. */
  heldBackSinceMs: z.number(),
  /** Copies that the destination is tried with in turn, the next one first; after a pause, those still to be delivered. */
  trials: z.array(trialSchema),
  /** When the destination last took an event, as far as was told with other news; 0 when it was not. */
  lastDeliveredAtMs: z.number(),
});

/** The switch of one route: what `breaker#<route>` in the delivery table holds. */
export interface BreakerState extends z.infer<typeof stateSchema> {
  /** Grows by one with each change, which is conditional on it; 0 for a route that nothing was ever stored of. */
  readonly version: number;
}

/** A paused route. */
export type PausedState = BreakerState & { readonly phase: OpenPhase };

export function isPaused(state: BreakerState): state is PausedState {
  return state.phase.kind === 'open';
}

/** The state of a route that has never failed. */
export const closedBreaker: BreakerState = {
  version: 0,
  phase: { kind: 'closed' },
  notBeforeMs: 0,
  relapses: 0,
  heldBackSinceMs: 0,
  trials: [],
  lastDeliveredAtMs: 0,
};

/** The key of a route's breaker in the delivery table. It cannot be an event's: those begin with `event#`. */
export function breakerKey(route: string): string {
  return `breaker#${route}`;
}

export function writeBreakerState({ version: _version, ...state }: BreakerState): string {
  return JSON.stringify(state satisfies z.infer<typeof stateSchema>);
}

/** The state in a stored text; undefined when another version of the relay wrote one that means nothing to this one. */
export function readBreakerState(text: unknown, version: number): BreakerState | undefined {
  const parsed = z.safeParse(stateSchema, text);
  return parsed.success ? { ...parsed.data, version } : undefined;
}
