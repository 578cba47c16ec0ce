import type { EventEvidence, RepeatCause } from './explain-repeats.ts';
import { explainRepeats } from './explain-repeats.ts';
import { countBy, highestRate, percentile } from './measure.ts';
import type { SendOutcome } from './send-as-genesys.ts';
import { tellStory } from './tell-story.ts';
import type { SeenPost } from './unreliable-destination.ts';

/** One time that an event was sent, with all its retries. */
export interface Sending {
  readonly eventId: string;
  readonly firstSentAtMs: number;
  readonly outcome: SendOutcome;
}

/** What was seen of a run from outside, and what the relay told. */
export interface RunEvidence {
  readonly sendings: readonly Sending[];
  readonly posts: readonly SeenPost[];
  /** What was in the dead letter queue in the end. */
  readonly deadLetters: readonly { readonly eventId: string; readonly cause: string }[];
  readonly bodies: ReadonlyMap<string, Uint8Array>;
  readonly evidenceOf: (eventId: string) => Pick<EventEvidence, 'outcomes' | 'crashes'>;
  readonly leaseMs: number;
}

export interface Percentiles {
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

/** An event that the destination took once more. */
export interface Repeat {
  readonly eventId: string;
  readonly cause: RepeatCause;
  /** All that is known of it, where that explains nothing. */
  readonly story?: string;
}

/** What became of the events of a run. */
export interface RunAccount {
  /** Events whose sender was answered 200. */
  readonly accepted: number;
  /** Events that the sender dropped after all its retries, by what it got for the last one. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Those of them that the relay delivered all the same. */
  readonly droppedButDelivered: number;
  /** Accepted, and taken by the destination. */
  readonly delivered: number;
  readonly deadLettered: Readonly<Record<string, number>>;
  /** Accepted, and neither taken nor a dead letter. */
  readonly missing: readonly string[];
  readonly repeats: readonly Repeat[];
  /** Events that the destination got other bytes of than were sent. */
  readonly altered: readonly string[];
  /** Of the request that was answered 200. */
  readonly accept: Percentiles;
  /** From the first time that an event was sent until the destination took it, for accepted events. */
  readonly endToEnd: Percentiles;
  readonly posts: number;
  readonly highestPostsInASecond: number;
}

export function accountForRun(run: RunEvidence): RunAccount {
  const posts = Map.groupBy(run.posts, ({ eventId }) => eventId);
  const deadLetters = new Set(run.deadLetters.map(({ eventId }) => eventId));
  const sendings = Map.groupBy(run.sendings, ({ eventId }) => eventId);
  const eventIds = [...sendings.keys()];
  const isTaken = (eventId: string) => posts.get(eventId)?.some(({ taken }) => taken) ?? false;
  const accepted = eventIds.filter((id) => sendings.get(id)?.some(({ outcome }) => outcome.kind === 'accepted'));
  const wasAccepted = new Set(accepted);
  const dropped = eventIds.filter((id) => !wasAccepted.has(id));
  return {
    accepted: accepted.length,
    dropped: countBy(
      dropped.flatMap((id) => {
        const outcome = sendings.get(id)?.at(-1)?.outcome;
        return outcome?.kind === 'dropped' ? [outcome.why] : [];
      }),
    ),
    droppedButDelivered: dropped.filter(isTaken).length,
    delivered: accepted.filter(isTaken).length,
    deadLettered: countBy(run.deadLetters.map(({ cause }) => cause)),
    missing: accepted.filter((id) => !isTaken(id) && !deadLetters.has(id)),
    repeats: [...posts].flatMap(([eventId, seen]) => {
      const evidence = { posts: seen, ...run.evidenceOf(eventId) };
      return explainRepeats(evidence, run.leaseMs).map((cause) =>
        cause === 'UNEXPLAINED' ? { eventId, cause, story: tellStory(evidence) } : { eventId, cause },
      );
    }),
    altered: [...posts].flatMap(([eventId, seen]) => {
      const sent = run.bodies.get(eventId);
      return sent !== undefined && seen.every(({ body }) => sameBytes(body, sent)) ? [] : [eventId];
    }),
    accept: percentiles(run.sendings.flatMap(({ outcome }) => (outcome.kind === 'accepted' ? [outcome.tookMs] : []))),
    endToEnd: percentiles(
      accepted.flatMap((eventId) => {
        const takenAtMs = posts.get(eventId)?.find(({ taken }) => taken)?.atMs;
        const sentAtMs = Math.min(...(sendings.get(eventId) ?? []).map(({ firstSentAtMs }) => firstSentAtMs));
        return takenAtMs === undefined ? [] : [takenAtMs - sentAtMs];
      }),
    ),
    posts: run.posts.length,
    highestPostsInASecond: highestRate(
      run.posts.map(({ atMs }) => atMs),
      1_000,
    ),
  };
}

function percentiles(timesMs: readonly number[]): Percentiles {
  return { p50Ms: percentile(timesMs, 50), p99Ms: percentile(timesMs, 99) };
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
