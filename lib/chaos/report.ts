import type { RunAccount } from './account-for-run.ts';
import type { OutagePhase } from './plan-outages.ts';
import type { RelayCounts } from './watch-relay.ts';

/** Which run: the same again is as like to it as two runs can be. */
export interface RunIdentity {
  readonly seed: number;
  readonly events: number;
  readonly speed: number;
}

/** All that `npm run chaos` tells. */
export interface ChaosReport extends RunIdentity {
  readonly account: RunAccount;
  readonly outages: readonly OutagePhase[];
  readonly counts: RelayCounts;
  readonly destination: { readonly highestConcurrency: number; readonly allowedConcurrency: number };
  /** From the end of the destination's outage until it took an event; undefined if it took none. */
  readonly healedAfterMs: number | undefined;
  /** From one run of the scheduled functions to the next. */
  readonly tickMs: number;
  readonly tookMs: number;
  /** Messages and spilled webhooks that were still under way when patience ran out; 0 for a run that came to its end. */
  readonly backlog: number;
  /** What is known of each accepted event that is neither delivered nor a dead letter. */
  readonly missing: readonly MissingEvent[];
}

export interface MissingEvent {
  readonly eventId: string;
  /** What its delivery record says. */
  readonly record: string;
  readonly lastSteps: readonly string[];
}

/** Events that are nowhere any more. While something is under way, what is missing may still come. */
export function lostOf({ backlog, missing }: ChaosReport): readonly MissingEvent[] {
  return backlog > 0 ? [] : missing;
}

/** What of it must not be; empty for a run that proves the relay right. */
export function failuresOf(report: ChaosReport): readonly string[] {
  const { account, backlog, missing } = report;
  const lost = lostOf(report);
  const unexplained = account.repeats.filter(({ cause }) => cause === 'UNEXPLAINED').length;
  const deadLetters = Object.values(account.deadLettered).reduce((sum, count) => sum + count, 0);
  // One that got no answer in time may be the machine's fault; a 503 is the relay's, as S3 is never down.
  const refused = Object.entries(account.dropped).reduce(
    (sum, [why, n]) => (why.startsWith('HTTP ') ? sum + n : sum),
    0,
  );
  return [
    [account.accepted === 0, 'nothing was accepted'],
    [refused > 0, `${refused} events were refused until their sender dropped them`],
    [
      backlog > 0,
      `${backlog} messages were still under way when patience ran out, and ${missing.length} events not delivered`,
    ],
    [lost.length > 0, `${lost.length} accepted events are neither delivered nor dead letters`],
    [deadLetters > 0, `${deadLetters} events are dead letters of an outage`],
    [unexplained > 0, `${unexplained} events were posted twice for no reason`],
    [account.altered.length > 0, `${account.altered.length} events arrived with other bytes`],
  ].flatMap(([isSo, failure]) => (isSo === true ? [String(failure)] : []));
}

export function replayCommand({ seed, events, speed }: RunIdentity): string {
  return `npm run chaos -- --events ${events} --seed ${seed} --speed ${speed}`;
}
