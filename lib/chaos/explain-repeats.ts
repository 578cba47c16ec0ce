/** Why the destination took an event twice. */
export const repeatCauses = [
  /** The processor was killed before it could record the first. */
  'crash',
  /** The first was taken by a destination that answered after the relay had given up. */
  'answered-too-late',
  /** The connection broke before the answer to the first was through. */
  'connection-broken',
  /** DynamoDB did not take down the outcome of the first. */
  'dynamodb-outage',
  /** The first took so long that its lease ended. */
  'lease-expired',
  /** None of these: the relay knew of the first, and repeated it. */
  'UNEXPLAINED',
] as const;

export type RepeatCause = (typeof repeatCauses)[number];

/** What is known of one event, in the order of time. */
export interface EventEvidence {
  readonly posts: readonly { readonly atMs: number; readonly taken: boolean }[];
  /** What the relay told of its attempts. */
  readonly outcomes: readonly AttemptOutcome[];
  /** When a processor was to be killed that had the event in its hands, and by when it was dead. */
  readonly crashes: readonly { readonly fromMs: number; readonly untilMs: number }[];
}

export interface AttemptOutcome {
  readonly atMs: number;
  /** `not-recorded`: the POST was made, and its outcome could not be written. */
  readonly kind: 'delivered' | 'retrying' | 'not-recorded';
  readonly error?: string | undefined;
}

/** A cause for each POST that the destination took, but for the last one. */
export function explainRepeats(event: EventEvidence, leaseMs: number): readonly RepeatCause[] {
  const lastTaken = event.posts.findLastIndex(({ taken }) => taken);
  return event.posts.flatMap(({ taken }, index) =>
    taken && index < lastTaken ? [explain(index, event, leaseMs)] : [],
  );
}

/** Between the claim, when the lease begins, and what is seen of its attempt. */
const leaseToleranceMs = 4_000;

function explain(index: number, { posts, outcomes, crashes }: EventEvidence, leaseMs: number): RepeatCause {
  const atMs = posts[index]?.atMs ?? 0;
  const nextAtMs = posts[index + 1]?.atMs ?? 0;
  const outlivesLease = (momentMs: number) => momentMs - atMs >= leaseMs - leaseToleranceMs;
  // The relay tells of an attempt before it lets the next one begin, unless the attempt, or its lease, was cut short.
  const outcome = outcomes.find((told) => told.atMs >= atMs && told.atMs < nextAtMs);
  switch (outcome?.kind) {
    case 'delivered':
      return outlivesLease(outcome.atMs) ? 'lease-expired' : 'UNEXPLAINED';
    case 'retrying':
      return explainRetry(outcome);
    case 'not-recorded':
      return 'dynamodb-outage';
    case undefined:
      break;
  }
  if (crashes.some(({ fromMs, untilMs }) => fromMs <= atMs && atMs <= untilMs)) return 'crash';
  // It is told of in the end, late; without a word its process died, and nobody had killed it.
  const isToldLater = outcomes.filter((told) => told.atMs >= nextAtMs).length >= posts.length - index;
  return isToldLater && outlivesLease(nextAtMs) ? 'lease-expired' : 'UNEXPLAINED';
}

/** What was answered to a POST that was taken is a 2xx: any other status would be no answer to it. */
function explainRetry({ error = '' }: AttemptOutcome): RepeatCause {
  if (error.startsWith('no answer within')) return 'answered-too-late';
  return error.startsWith('HTTP ') ? 'UNEXPLAINED' : 'connection-broken';
}
